import pytest

from lti.roles import INSTITUTION, MEMBERSHIP, SYSTEM, TEST_USER, role_of

ELSEWHERE = INSTITUTION + "Instructor"
ASSISTING = MEMBERSHIP + "/Instructor#TeachingAssistant"


@pytest.mark.parametrize(
    ("names", "role"),
    [
        ([], "learner"),
        (["no such role", "urn:lti:role:ims/lis/Instructor"], "learner"),
        ([MEMBERSHIP + "#Learner"], "learner"),
        (["Learner"], "learner"),
        ([MEMBERSHIP + "/Learner#Instructor"], "learner"),
        ([MEMBERSHIP + "#Member", MEMBERSHIP + "#Manager"], "learner"),
        ([MEMBERSHIP + "#Instructor"], "instructor"),
        (["Instructor"], "instructor"),
        ([MEMBERSHIP + "/Instructor#PrimaryInstructor"], "instructor"),
        ([MEMBERSHIP + "#Instructor", MEMBERSHIP + "#Learner"], "instructor"),
        ([ELSEWHERE], "learner"),
        ([ELSEWHERE, MEMBERSHIP + "#Learner"], "learner"),
        ([MEMBERSHIP + "#Instructor", ASSISTING], "assistant"),
        ([ASSISTING], "assistant"),
        ([MEMBERSHIP + "#TeachingAssistant"], "assistant"),
        (["TeachingAssistant"], "assistant"),
        (["Instructor#TeachingAssistant"], "assistant"),
        ([MEMBERSHIP + "/Instructor#TeachingAssistantSection"], "assistant"),
        ([MEMBERSHIP + "/Instructor#Grader"], "assistant"),
        ([ASSISTING, MEMBERSHIP + "/Instructor#PrimaryInstructor"], "instructor"),
        ([MEMBERSHIP + "#ContentDeveloper", ELSEWHERE], "observer"),
        ([MEMBERSHIP + "#Mentor"], "observer"),
        ([MEMBERSHIP + "#Administrator"], "admin"),
        ([INSTITUTION + "Administrator"], "admin"),
        ([SYSTEM + "SysAdmin", SYSTEM + "User"], "admin"),
        ([INSTITUTION + "Administrator", MEMBERSHIP + "#Instructor"], "admin"),
        ([INSTITUTION + "Administrator", MEMBERSHIP + "#Learner"], "learner"),
        ([TEST_USER, MEMBERSHIP + "#Learner"], "test"),
        (["http://evil.example/membership#Instructor"], "learner"),
        ([MEMBERSHIP + "x#Instructor"], "learner"),
    ],
)
def test_roles_of_the_course_decide(names: list[str], role: str) -> None:
    assert role_of(names) == role
