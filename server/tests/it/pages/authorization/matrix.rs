//! The matrices themselves: read a line as "this address answers these callers so".

/// Path and statuses of what GET answers. Strangers are led to the sign-in.
pub(super) type Page = (&'static str, [u16; 7]);

#[rustfmt::skip]
pub(super) const PAGES: &[Page] = &[
    //                                          stranger other global service own elsewhere auditor
    ("/",                                      [303,     200,  200,   200,    200, 200,     200]),
    ("/setup",                                 [303,     303,  303,   303,    303, 303,     303]),
    ("/sign-in",                               [200,     303,  303,   303,    303, 303,     303]),
    ("/account",                               [303,     200,  200,   200,    200, 200,     200]),
    ("/environments",                          [303,     200,  200,   200,    200, 200,     200]),
    ("/environments/new",                      [303,     200,  200,   200,    200, 200,     200]),
    ("/environments/{id}",                     [303,     404,  200,   200,    200, 404,     200]),
    ("/environments/{id}/details",             [303,     404,  200,   200,    200, 404,     200]),
    ("/environments/{id}/encryption",          [303,     404,  200,   200,    200, 404,     200]),
    ("/environments/{id}/encryption/apply",    [303,     404,  200,   200,    200, 404,     200]),
    ("/environments/{id}/encryption/return",   [303,     404,  200,   200,    200, 404,     200]),
    ("/environments/{id}/encryption/unlock",   [303,     404,  200,   200,    200, 404,     200]),
    ("/environments/{id}/delete",              [303,     404,  200,   200,    200, 404,     200]),
    ("/environments/{id}/reset",               [303,     404,  200,   200,    200, 404,     200]),
    ("/environments/{id}/copy",                [303,     404,  200,   200,    200, 404,     200]),
    ("/environments/{id}/backups",             [303,     404,  200,   200,    200, 404,     200]),
    ("/environments/{id}/backups/{backup}/restore", [303, 404, 200,   200,    200, 404,     200]),
    ("/environments/{id}/backups/{backup}/delete", [303, 404,  200,   200,    200, 404,     200]),
    ("/environments/{id}/tables/new",          [303,     404,  200,   200,    200, 404,     200]),
    ("/encryption-keys",                       [303,     200,  200,   200,    403, 403,     200]),
    ("/encryption-keys/risk",                  [303,     200,  200,   200,    200, 200,     200]),
    ("/encryption-keys/new",                   [303,     200,  200,   200,    403, 403,     200]),
    ("/encryption-keys/report",                [303,     200,  200,   200,    403, 403,     200]),
    ("/encryption-keys/clear-report",          [303,     200,  200,   200,    403, 403,     200]),
    ("/encryption-keys/roll-back",             [303,     200,  200,   200,    403, 403,     200]),
    ("/encryption-keys/approval",              [303,     200,  200,   200,    403, 403,     200]),
    ("/encryption-keys/{id}/approval",         [303,     404,  200,   200,    403, 403,     200]),
    ("/encryption-keys/{id}",                  [303,     404,  200,   200,    403, 403,     200]),
    ("/encryption-keys/{id}/activate",         [303,     404,  200,   200,    403, 403,     200]),
    ("/encryption-keys/{id}/lock",             [303,     404,  200,   200,    403, 403,     200]),
    ("/encryption-keys/{id}/unlock",           [303,     404,  200,   200,    403, 403,     200]),
    ("/encryption-keys/{id}/file",             [303,     404,  200,   200,    403, 403,     200]),
    ("/tables/{id}",                           [303,     404,  200,   200,    200, 404,     200]),
    ("/tables/{id}/rows/new",                  [303,     404,  200,   200,    200, 404,     200]),
    ("/tables/{id}/rows/{row}",                [303,     404,  200,   200,    200, 404,     403]),
    ("/tables/{id}/import",                    [303,     404,  200,   200,    200, 404,     200]),
    ("/operations",                            [303,     200,  200,   200,    200, 200,     200]),
    ("/operations/{id}",                       [303,     404,  200,   200,    200, 404,     200]),
    ("/notifications",                         [303,     200,  200,   200,    403, 403,     200]),
    ("/notifications/{id}",                    [303,     404,  200,   200,    403, 403,     200]),
    ("/audit",                                 [303,     200,  200,   200,    403, 403,     200]),
    ("/dev/clock",                             [303,     404,  404,   404,    404, 404,     404]),
    ("/{*any}",                                [303,     404,  404,   404,    404, 404,     404]),
    // Files.
    ("/tables/{id}/export.csv",                [303,     404,  200,   200,    200, 404,     403]),
    ("/tables/{id}/rows/{row}/files/{column}", [303,     404,  200,   200,    200, 404,     403]),
    ("/operations/{id}/errors.csv",            [303,     404,  200,   200,    200, 404,     403]),
];

/// Server function, arguments as the pages send them, statuses.
pub(super) type Function = (&'static str, &'static str, [u16; 7]);

#[rustfmt::skip]
pub(super) const FUNCTIONS: &[Function] = &[
    //                                                                stranger other global service own elsewhere auditor
    ("/fn/setup_state",            "",                                [200,     200,  200,   200,    200, 200,     200]),
    ("/fn/frame",                  "",                                [401,     200,  200,   200,    200, 200,     200]),
    ("/fn/account",                "",                                [401,     200,  200,   200,    200, 200,     200]),
    ("/fn/clock",                  "",                                [401,     404,  404,   404,    404, 404,     404]),
    ("/fn/overview",               "",                                [401,     200,  200,   200,    200, 200,     200]),
    ("/fn/environments",           "query=",                          [401,     200,  200,   200,    200, 200,     200]),
    ("/fn/new_environment",        "",                                [401,     200,  200,   200,    200, 200,     200]),
    ("/fn/environment",            "id={environment}",                [401,     404,  200,   200,    200, 404,     200]),
    ("/fn/environment_encryption", "id={environment}",                [401,     404,  200,   200,    200, 404,     200]),
    ("/fn/backups",                "id={environment}&after=",         [401,     404,  200,   200,    200, 404,     200]),
    ("/fn/backup",                 "id={environment}&backup={backup}", [401,   404,  200,   200,    200, 404,     200]),
    ("/fn/targets",                "id={environment}&backup={backup}&search=&after=&target={environment}",
                                                                      [401,     404,  200,   200,    200, 404,     200]),
    ("/fn/risk",                   "",                                [401,     200,  200,   200,    200, 200,     200]),
    ("/fn/keys",                   "region=europe&selected={key}",    [401,     404,  200,   200,    403, 403,     200]),
    ("/fn/new_key",                "region=europe&how=upload&name=fresh", [401, 404, 200, 200,    403, 403,     200]),
    ("/fn/key",                    "id={key}",                        [401,     404,  200,   200,    403, 403,     200]),
    ("/fn/ask-approval",           "id={key}&change=activate",        [401,     404,  200,   200,    403, 403,     200]),
    ("/fn/key_file",               "id={key}",                        [401,     404,  200,   200,    403, 403,     200]),
    ("/fn/table",                  "table={table}",                   [401,     404,  200,   200,    200, 404,     200]),
    ("/fn/rows",                   "table={table}&after=",            [401,     404,  200,   200,    200, 404,     200]),
    ("/fn/row",                    "table={table}&row={row}",         [401,     404,  200,   200,    200, 404,     403]),
    ("/fn/operations",             "open=false&environment={environment}&after=",
                                                                      [401,     200,  200,   200,    200, 200,     200]),
    ("/fn/operation",              "id={operation}&after=",           [401,     404,  200,   200,    200, 404,     200]),
    ("/fn/notifications",          "after=",                          [401,     200,  200,   200,    403, 403,     200]),
    ("/fn/notification",           "id={message}",                    [401,     404,  200,   200,    403, 403,     200]),
    ("/fn/audit",                  "filters[actor]=&filters[action]=&filters[outcome]=&filters[target]={key}&before=",
                                                                      [401,     200,  200,   200,    403, 403,     200]),
];

/// What a form sends. Where an allowed one would change the cast, it lacks something: 409 and 422 then
/// say that the caller may and the form may not.
#[derive(Clone, Copy)]
pub(super) enum Body {
    Fields(&'static [(&'static str, &'static str)]),
    /// With `multipart/form-data`.
    Parts(&'static [(&'static str, &'static str)]),
}
use Body::{Fields, Parts};

/// Path, body, statuses, and where a 303 leads those who are signed in.
pub(super) type Form = (&'static str, Body, [u16; 7], &'static str);

const NOTHING: Body = Fields(&[]);
const STRANGER: Body = Fields(&[("email", "nobody@nowhere.example"), ("password", "guess")]);
const OTHER_SESSION: Body = Fields(&[("do", "end_session"), ("session", "00")]);
const NAMELESS: Body = Fields(&[("name", ""), ("type", "sandbox"), ("region", "europe")]);
const KEY: Body = Parts(&[("region", "europe"), ("name", "key"), ("file", ""), ("password", "x")]);
const GENERATE: Body = Fields(&[
    ("how", "generate"),
    ("region", "europe"),
    ("name", "key"),
    ("password", "short"),
    ("password_again", "short"),
]);
const REGION: Body = Fields(&[("region", "europe")]);
const ANSWER: Body = Fields(&[("region", "europe"), ("question", "00000000-0000-0000-0000-000000000000")]);
const ASK: Body = Fields(&[("for", "activate"), ("confirmed", "on")]);
const DOWNLOAD: Body = Fields(&[("do", "download")]);
const PROOF: Body = Parts(&[("file", ""), ("password", "x")]);
const ROW: Body = Parts(&[("c0", "Eve")]);
const DELETE: Body = Fields(&[("delete", "on")]);
const NEVER: Body = Fields(&[("do", "schedule"), ("every_hours", "0"), ("keep", "1")]);
const NOWHERE: Body = Fields(&[("target", "00000000-0000-0000-0000-000000000000")]);
const NO_FILE: Body = Parts(&[("file", "")]);

#[rustfmt::skip]
pub(super) const FORMS: &[Form] = &[
    //                                                        stranger other global service own elsewhere auditor
    ("/sign-in",                             STRANGER,       [401,     401,  401,   401,    401, 401,     401], ""),
    ("/setup",                               NOTHING,        [303,     303,  303,   303,    303, 303,     303], "/sign-in"),
    ("/account",                             NOTHING,        [303,     422,  422,   422,    422, 422,     422], ""),
    ("/account",                             OTHER_SESSION,  [303,     404,  404,   404,    404, 404,     404], ""),
    ("/environments/new",                    NAMELESS,       [303,     422,  422,   422,    403, 403,     403], ""),
    ("/environments/{id}/encryption/apply",  NOTHING,        [303,     404,  422,   422,    422, 404,     403], ""),
    ("/environments/{id}/encryption/return", NOTHING,        [303,     404,  409,   409,    409, 404,     403], ""),
    ("/environments/{id}/encryption/unlock", NOTHING,        [303,     404,  409,   409,    409, 404,     403], ""),
    ("/environments/{id}/delete",            NOTHING,        [303,     404,  409,   409,    403, 404,     403], ""),
    ("/environments/{id}/reset",             NOTHING,        [303,     404,  422,   422,    422, 404,     403], ""),
    ("/environments/{id}/copy",              NOTHING,        [303,     404,  422,   422,    422, 404,     422], ""),
    ("/environments/{id}/backups",           NOTHING,        [303,     404,  422,   422,    422, 404,     422], ""),
    ("/environments/{id}/backups",           NEVER,          [303,     404,  422,   422,    422, 404,     403], ""),
    ("/environments/{id}/backups/{backup}/restore", NOWHERE, [303,     404,  404,   404,    404, 404,     404], ""),
    ("/environments/{id}/backups/{backup}/delete", NOTHING,  [303,     404,  422,   422,    422, 404,     403], ""),
    ("/operations/{id}",                     NOTHING,        [303,     404,  409,   409,    409, 404,     403], ""),
    ("/notifications/{id}",                  NOTHING,        [303,     404,  409,   409,    403, 403,     403], ""),
    ("/environments/{id}/tables/new",        NOTHING,        [303,     404,  422,   422,    422, 404,     403], ""),
    ("/encryption-keys/new",                 KEY,            [303,     422,  422,   422,    403, 403,     403], ""),
    ("/encryption-keys/new",                 GENERATE,       [303,     422,  422,   422,    403, 403,     403], ""),
    ("/encryption-keys/{id}/activate",       NOTHING,        [303,     404,  422,   422,    403, 403,     403], ""),
    ("/encryption-keys/report",              REGION,         [303,     422,  422,   422,    403, 403,     403], ""),
    ("/encryption-keys/clear-report",        REGION,         [303,     422,  409,   403,    403, 403,     403], ""),
    ("/encryption-keys/roll-back",           REGION,         [303,     422,  409,   409,    403, 403,     403], ""),
    ("/encryption-keys/approval",            ANSWER,         [303,     422,  409,   409,    403, 403,     403], ""),
    ("/encryption-keys/{id}/approval",       ASK,            [303,     404,  409,   409,    403, 403,     403], ""),
    ("/encryption-keys/{id}/lock",           PROOF,          [303,     404,  409,   409,    403, 403,     403], ""),
    ("/encryption-keys/{id}/unlock",         PROOF,          [303,     404,  409,   409,    403, 403,     403], ""),
    ("/encryption-keys/{id}/file",           DOWNLOAD,       [303,     404,  410,   403,    403, 403,     403], ""),
    ("/encryption-keys/{id}/file",           PROOF,          [303,     404,  409,   409,    403, 403,     403], ""),
    ("/encryption-keys/risk",                NOTHING,        [303,     303,  303,   303,    303, 303,     303], "/"),
    ("/tables/{id}/rows/new",                ROW,            [303,     404,  303,   303,    303, 404,     403], "/tables/{id}"),
    ("/tables/{id}/rows/{row}",              ROW,            [303,     404,  303,   303,    303, 404,     403], "/tables/{id}"),
    ("/tables/{id}/rows/{row}",              DELETE,         [303,     404,  303,   303,    303, 404,     403], "/tables/{id}"),
    ("/tables/{id}/import",                  NO_FILE,        [303,     404,  422,   422,    422, 404,     403], ""),
    ("/preferences/theme",                   NOTHING,        [303,     303,  303,   303,    303, 303,     303], "/"),
    ("/preferences/navigation",              NOTHING,        [303,     303,  303,   303,    303, 303,     303], "/"),
    ("/sign-out",                            NOTHING,        [303,     303,  303,   303,    303, 303,     303], "/sign-in"),
];
