"""A small LTI 1.3 platform of our own: the demo's course page and the tests' double.

It looks like Moodle 4.3 or like Canvas, quirks included, and knows nothing of Laurel.

    from campus.state import Campus
    from campus.records import Launch, Tool            # every record is frozen
    from campus.server import running
    from campus import launches, seeding, tokens

    campus = Campus("canvas", seed=1)                  # or "moodle", the default
    with running(campus) as url:                       # real HTTP on a free port
        tool = campus.add_tool(Tool.at("http://127.0.0.1:5000", "client-1"))
        cast = seeding.cast(campus)                    # cast.ada, .iris, .course, .quiz
        campus.endpoints                               # issuer authorization token jwks

A launch, step by step, with or without HTTP between:

    launch = campus.begin(Launch(tool=tool, course=cast.course, person=cast.ada,
                                 link=cast.link))
    launches.login_form(campus, launch)                # POST this to tool.login_url
    launches.authorize(campus, parameters)             # FormPost(action, fields)
    launches.claims_for(campus, launch, nonce)         # a plain dict, to bend

Links that a teacher picks, with the answer verified as a platform does:

    deep_linking.request(campus, tool, cast.course, cast.iris)   # a launch to begin
    deep_linking.read(campus, tool, jwt)                         # Chosen, or a refusal
    deep_linking.add(campus, Offer(course, tool, iris, items))   # the links, made

Tokens, good and bad (`tokens.REMOVED` takes a claim or a header away):

    tokens.id_token(campus, claims, changes={"exp": 0}, header={"alg": "none"},
                    key=signing_key("a-kid"))          # campus.keys.signing_key
    tokens.id_token(campus, '["not", "an object"]')    # a payload to the letter
    campus.keys.rotate()   campus.keys.rotate(keep=0)  campus.keys.rotate(bits=512)

Faults, for the next N requests or until `campus.faults.off()`; endpoints are
`authorize jwks token memberships lineitems lineitem results scores
create_lineitem update_lineitem delete_lineitem`:

    campus.faults.on("jwks", slow(3), times=1)         # campus.faults: status html empty
                                                       # huge drip gzip_bomb redirect
                                                       # without saying throttled
                                                       # denied (authorize)
    campus.faults.on("results", with_malformed_results())        # campus.bad_pages
    campus.quirks.http_line_items = True               # campus.quirks, Canvas only
    campus.expire_tokens()                             # all access tokens so far
    campus.change_tool(replace(tool, shares_names=False, shares_email=False))
    campus.change_course(replace(course, concluded=True))

What was asked of it: `campus.traffic.count("jwks")`, `.requests("token")`, `.clear()`.

Time: `Clock(path, real=…)`; `campus.now()` is real time plus the weeks skipped, and
every token and timestamp uses it; `campus.next_week()` lets a week pass and the
learners of `seeding.fifty_learners(campus)` work. `python -m campus --help` serves it.
"""
