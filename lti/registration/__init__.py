"""How a platform adds us by one paste: invitation, discovery, request, answer.

LTI Dynamic Registration 1.0, https://www.imsglobal.org/spec/lti-dr/v1p0
"""
