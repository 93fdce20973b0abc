//! The matrix itself: read a line as "this operation answers these callers so".

/// What a request carries. Where an allowed request would change the cast, it lacks something:
/// 409 and 422 then say that the caller may and the request may not.
#[derive(Clone, Copy)]
pub(super) enum Body {
    None,
    Json(&'static str),
    Csv(&'static str),
    /// A whole form of a key, without the acknowledgement of the risk.
    Key,
    /// A file that holds no key.
    Proof,
    /// A whole form of a lock, with such a file and without the acknowledgement of the risk.
    Lock,
}

/// Method, path, statuses in the order of `CALLERS`, body.
pub(super) type Row = (&'static str, &'static str, [u16; 9], Body);

const RISK: Body = Body::Json("{\"risk_acknowledged\": true}");
/// An environment that is not there.
const NOWHERE: Body = Body::Json("{\"target_id\": \"00000000-0000-0000-0000-000000000000\"}");
const NAMELESS: Body = Body::Json("{\"name\": \"\", \"type\": \"sandbox\", \"region\": \"europe\"}");
const TABLE: Body = Body::Json("{\"name\": \"\", \"columns\": []}");
const ROWS: Body = Body::Json("{\"rows\": [{\"cells\": {\"Name\": \"Eve\"}}]}");
const ROW: Body = Body::Json("{\"cells\": {\"Name\": \"Eve\"}}");

#[rustfmt::skip]
pub(super) const MATRIX: &[Row] = &[
    //                                              stranger other global service own  other auditor revoked expired
    ("GET",    "/openapi.json",                    [200,     200,  200,   200,    200, 200,  200,    200,    200], Body::None),
    ("GET",    "/tenant",                          [401,     200,  200,   200,    200, 200,  200,    401,    401], Body::None),
    ("GET",    "/regions",                         [401,     200,  200,   200,    403, 403,  200,    401,    401], Body::None),
    ("POST",   "/regions/{region}/report",         [401,     404,  422,   422,    403, 403,  403,    401,    401], Body::Json("{}")),
    ("POST",   "/regions/{region}/report/clear",   [401,     404,  409,   403,    403, 403,  403,    401,    401], Body::Json("{}")),
    ("POST",   "/regions/{region}/roll-back",      [401,     404,  409,   409,    403, 403,  403,    401,    401], Body::Json("{}")),
    ("DELETE", "/regions/{region}/roll-back",      [401,     404,  409,   409,    403, 403,  403,    401,    401], Body::None),
    ("POST",   "/regions/{region}/approvals/{id}", [401,     404,  409,   409,    403, 403,  403,    401,    401], Body::Json("{}")),
    ("DELETE", "/regions/{region}/approvals/{id}", [401,     404,  409,   409,    403, 403,  403,    401,    401], Body::None),
    ("GET",    "/regions/{region}/keys",           [401,     404,  200,   200,    403, 403,  200,    401,    401], Body::None),
    ("POST",   "/regions/{region}/keys",           [401,     404,  409,   409,    403, 403,  403,    401,    401], Body::Key),
    ("POST",   "/regions/{region}/keys/generate",  [401,     404,  409,   409,    403, 403,  403,    401,    401], Body::Json(r#"{"name":"key","password":"x"}"#)),
    ("POST",   "/keys/{id}/file",                  [401,     404,  410,   403,    403, 403,  403,    401,    401], Body::None),
    ("POST",   "/keys/{id}/proof",                 [401,     404,  409,   409,    403, 403,  403,    401,    401], Body::Proof),
    ("GET",    "/keys/{id}",                       [401,     404,  200,   200,    403, 403,  200,    401,    401], Body::None),
    ("POST",   "/keys/{id}/activate",              [401,     404,  422,   422,    403, 403,  403,    401,    401], RISK),
    ("POST",   "/keys/{id}/approval",              [401,     404,  409,   409,    403, 403,  403,    401,    401], Body::Json(r#"{"change":"activate","confirmed":true}"#)),
    ("POST",   "/keys/{id}/lock",                  [401,     404,  409,   409,    403, 403,  403,    401,    401], Body::Lock),
    ("POST",   "/keys/{id}/unlock",                [401,     404,  409,   409,    403, 403,  403,    401,    401], Body::Proof),
    ("GET",    "/environments",                    [401,     200,  200,   200,    200, 200,  200,    401,    401], Body::None),
    ("POST",   "/environments",                    [401,     422,  422,   422,    403, 403,  403,    401,    401], NAMELESS),
    ("GET",    "/environments/{id}",               [401,     404,  200,   200,    200, 404,  200,    401,    401], Body::None),
    ("POST",   "/environments/{id}/apply",         [401,     404,  422,   422,    422, 404,  403,    401,    401], RISK),
    ("POST",   "/environments/{id}/return",        [401,     404,  409,   409,    409, 404,  403,    401,    401], RISK),
    ("POST",   "/environments/{id}/unlock",        [401,     404,  409,   409,    409, 404,  403,    401,    401], RISK),
    ("POST",   "/environments/{id}/delete",        [401,     404,  409,   409,    403, 404,  403,    401,    401], RISK),
    ("GET",    "/environments/{id}/backups",       [401,     404,  200,   200,    200, 404,  200,    401,    401], Body::None),
    ("GET",    "/environments/{id}/backups/{backup}", [401,  404,  200,   200,    200, 404,  200,    401,    401], Body::None),
    ("GET",    "/environments/{id}/backups/{backup}/targets", [401, 404, 200, 200, 200, 404,  200,    401,    401], Body::None),
    ("POST",   "/environments/{id}/backups/{backup}/restore", [401, 404, 404, 404, 404, 404,  404,    401,    401], NOWHERE),
    ("GET",    "/environments/{id}/backup-schedule", [401,   404,  404,   404,    404, 404,  404,    401,    401], Body::None),
    ("PUT",    "/environments/{id}/backup-schedule", [401,   404,  200,   200,    200, 404,  403,    401,    401], Body::Json("{\"every_hours\": 24, \"keep\": 7}")),
    ("DELETE", "/environments/{id}/backup-schedule", [401,   404,  204,   404,    404, 404,  403,    401,    401], Body::None),
    ("GET",    "/environments/{id}/copy-targets",  [401,     404,  200,   200,    200, 404,  200,    401,    401], Body::None),
    ("POST",   "/environments/{id}/copy",          [401,     404,  404,   404,    404, 404,  404,    401,    401], NOWHERE),
    ("POST",   "/environments/{id}/reset",         [401,     404,  422,   422,    422, 404,  403,    401,    401], RISK),
    ("GET",    "/environments/{id}/tables",        [401,     404,  200,   200,    200, 404,  200,    401,    401], Body::None),
    ("POST",   "/environments/{id}/tables",        [401,     404,  422,   422,    422, 404,  403,    401,    401], TABLE),
    ("GET",    "/tables/{id}",                     [401,     404,  200,   200,    200, 404,  200,    401,    401], Body::None),
    ("GET",    "/tables/{id}/rows",                [401,     404,  200,   200,    200, 404,  403,    401,    401], Body::None),
    ("POST",   "/tables/{id}/rows",                [401,     404,  201,   201,    201, 404,  403,    401,    401], ROWS),
    ("GET",    "/tables/{id}/rows/{row}",          [401,     404,  200,   200,    200, 404,  403,    401,    401], Body::None),
    ("PUT",    "/tables/{id}/rows/{row}",          [401,     404,  204,   204,    204, 404,  403,    401,    401], ROW),
    ("DELETE", "/tables/{id}/rows/{row}",          [401,     404,  204,   204,    204, 404,  403,    401,    401], Body::None),
    ("POST",   "/tables/{id}/imports",             [401,     404,  422,   422,    422, 404,  403,    401,    401], Body::Csv("")),
    ("GET",    "/tables/{id}/export",              [401,     404,  200,   200,    200, 404,  403,    401,    401], Body::None),
    ("GET",    "/operations",                      [401,     200,  200,   200,    200, 200,  200,    401,    401], Body::None),
    ("GET",    "/operations/{id}",                 [401,     404,  200,   200,    200, 404,  200,    401,    401], Body::None),
    ("POST",   "/operations/{id}/cancel",          [401,     404,  409,   409,    409, 404,  403,    401,    401], Body::None),
    ("GET",    "/operations/{id}/report",          [401,     404,  200,   200,    200, 404,  403,    401,    401], Body::None),
    ("GET",    "/messages",                        [401,     200,  200,   200,    403, 403,  200,    401,    401], Body::None),
    ("GET",    "/messages/{id}",                   [401,     404,  200,   200,    403, 403,  200,    401,    401], Body::None),
    ("POST",   "/messages/{id}/send",              [401,     404,  409,   409,    403, 403,  403,    401,    401], Body::None),
    ("GET",    "/audit",                           [401,     200,  200,   200,    403, 403,  200,    401,    401], Body::None),
    // What these make or take changes what others find.
    ("DELETE", "/environments/{id}/backups/{backup}", [401,  404,  204,   404,    404, 404,  403,    401,    401], Body::None),
    ("POST",   "/environments/{id}/backups",       [401,     404,  202,   409,    409, 404,  403,    401,    401], Body::None),
];
