//! Who opens what: every address for everybody, and every command for those who may not give it.

use axum::body::Body;
use axum::http::{Request, header};

use crate::client::form;
use crate::routes::assert_all_named;
use crate::world::{World, run};

/// One line an address, one column a reader.
const PAGES: &str = "
address                                             visitor officer focal other assigner leader inspector enterprise researcher citizen operator
/                                                       200     303   303   303      303    303       303        200        200     200      303
/sign-in                                                200     303   303   303      303    303       303        303        303     303      303
/language?lang=en                                       303     303   303   303      303    303       303        303        303     303      303
/search?q=quay                                          200     200   200   200      200    200       200        200        200     200      200
/my-work                                                401     200   200   200      200    200       200        200        200     200      200
/areas                                                  200     200   200   200      200    200       200        200        200     200      200
/areas/{area}                                           200     200   200   200      200    200       200        200        200     200      200
/indicators                                             200     200   200   200      200    200       200        200        200     200      200
/indicators/innovating_enterprises_pct                  200     200   200   200      200    200       200        200        200     200      200
/indicators/innovating_enterprises_pct/value?area={area}&period=2025 200 200 200 200      200    200       200        200        200     200      200
/compare                                                200     200   200   200      200    200       200        200        200     200      200
/compare?indicator=innovating_enterprises_pct           200     200   200   200      200    200       200        200        200     200      200
/definitions                                            200     200   200   200      200    200       200        200        200     200      200
/organisations                                          200     200   200   200      200    200       200        200        200     200      200
/organisations/so-y-te                                  200     200   200   200      200    200       200        200        200     200      200
/programmes                                             200     200   200   200      200    200       200        200        200     200      200
/programmes/{public}                                    200     200   200   200      200    200       200        200        200     200      200
/programmes/{inner}                                     404     200   200   200      200    200       200        404        404     404      404
/targets/{public-target}                                200     200   200   200      200    200       200        200        200     200      200
/targets/{inner-target}                                 404     200   200   200      200    200       200        404        404     404      404
/targets/{public-target}/parts                          401     200   200   200      200    200       200        404        404     404      404
/targets/{inner-target}/parts                           401     200   200   200      200    200       200        404        404     404      404
/programmes/{public}/ranking                            404     200   200   200      200    200       200        404        404     404      404
/programmes/{inner}/ranking                             404     200   200   200      200    200       200        404        404     404      404
/tasks                                                  200     200   200   200      200    200       200        200        200     200      200
/tasks/{public-health}                                  200     200   200   200      200    200       200        200        200     200      200
/tasks/{health}                                         404     200   200   404      200    200       200        404        404     404      404
/tasks/{school}                                         404     200   404   200      200    200       200        404        404     404      404
/tasks/{health}/evidence/{evidence}                     404     200   200   404      200    200       200        404        404     404      404
/documents                                              200     200   200   200      200    200       200        200        200     200      200
/documents/{public-document}                            200     200   200   200      200    200       200        200        200     200      200
/documents/{inner-document}                             404     200   200   200      200    200       200        404        404     404      404
/documents/{public-document}/file                       200     200   200   200      200    200       200        200        200     200      200
/documents/{inner-document}/file                        404     200   200   200      200    200       200        404        404     404      404
/documents/{public-document}/akoma-ntoso                200     200   200   200      200    200       200        200        200     200      200
/documents/{inner-document}/akoma-ntoso                 404     200   200   200      200    200       200        404        404     404      404
/documents/{public-document}/reading                    200     200   200   200      200    200       200        200        200     200      200
/documents/{inner-document}/reading                     404     200   200   200      200    200       200        404        404     404      404
/documents/{inner-document}/reread                      401     409   403   403      403    403       403        403        403     403      403
/documents/{inner-document}/annotations                 401     200   403   403      403    403       403        403        403     403      403
/documents/{inner-document}/adopt                       401     200   403   403      403    403       403        403        403     403      403
/documents/{inner-document}/reading/header              401     200   403   403      403    403       403        403        403     403      403
/documents/{inner-document}/reading/targets/new         401     200   403   403      403    403       403        403        403     403      403
/documents/{inner-document}/reading/targets/t1          401     303   403   403      403    403       403        403        403     403      403
/documents/{inner-document}/reading/tasks/new           401     200   403   403      403    403       403        403        403     403      403
/documents/{inner-document}/reading/tasks/k1            401     303   403   403      403    403       403        403        403     403      403
/observations                                           200     200   200   200      200    200       200        200        200     200      200
/observations/new                                       401     200   200   200      403    403       403        403        403     403      403
/observations/{public-figure}                           200     200   200   200      200    200       200        200        200     200      200
/observations/{inner-figure}                            404     200   200   200      200    200       200        404        404     404      404
/observations/{public-figure}/evidence/{public-paper}   404     200   200   200      200    200       200        404        404     404      404
/observations/{inner-figure}/evidence/{inner-paper}     404     200   200   200      200    200       200        404        404     404      404
/imports                                                401     200   200   200      200    200       200        403        403     403      403
/imports/0192f0c1-0000-7000-8000-000000000000           401     404   404   404      404    404       404        404        404     404      404
/imports/0192f0c1-0000-7000-8000-000000000000/columns   401     404   404   404      404    404       404        404        404     404      404
/imports/0192f0c1-0000-7000-8000-000000000000/marked    401     404   404   404      404    404       404        404        404     404      404
/batches                                                401     200   200   200      200    200       200        403        403     403      403
/batches/0192f0c1-0000-7000-8000-000000000000           401     404   404   404      404    404       404        403        403     403      403
/batches/0192f0c1-0000-7000-8000-000000000000/evidence/x 401     404   404   404      404    404       404        403        403     403      403
/completeness                                           401     200   200   200      200    200       200        403        403     403      403
/surveys                                                401     200   200   200      200    200       200        403        403     403      403
/surveys/new                                            401     200   200   200      403    403       403        403        403     403      403
/surveys/0192f0c1-0000-7000-8000-000000000000           401     404   404   404      404    404       404        403        403     403      403
/surveys/0192f0c1-0000-7000-8000-000000000000/answers   401     404   404   404      404    404       404        403        403     403      403
/workbooks                                              401     200   200   200      403    403       403        403        403     403      403
/workbooks/file?organisation=so-khcn&period=2025        401     200   403   403      403    403       403        403        403     403      403
/campaigns                                              401     200   200   200      200    200       200        403        403     403      403
/campaigns/new                                          401     200   403   403      403    403       403        403        403     403      403
/campaigns/{season}                                     401     200   200   200      200    200       200        403        403     403      403
/campaigns/{season}/workbook                            401     200   200   200      200    200       200        403        403     403      403
/campaigns/{season}/papers                              401     200   200   200      200    200       200        403        403     403      403
/campaigns/{season}/requests/new                        401     200   403   403      403    403       403        403        403     403      403
/campaigns/{season}/requests/thanh-toan                 401     200   200   404      200    200       200        403        403     403      403
/campaigns/{season}/requests/giay-to                    401     200   200   404      200    200       200        403        403     403      403
/campaigns/{season}/requests/lop-hoc                    401     200   404   200      200    200       200        403        403     403      403
/campaigns/{season}/requests/giay-to/papers/{season-paper} 401  200   200   404      200    200       200        403        403     403      403
/campaigns/0192f0c1-0000-7000-8000-000000000000         401     404   404   404      404    404       404        403        403     403      403
/reports                                                401     200   200   200      200    200       200        200        200     200      200
/reports/new                                            401     200   403   403      200    403       403        403        403     403      403
/reports/{report}                                       404     200   404   404      200    200       200        404        404     404      404
/reports/{report}/docx                                  404     200   404   404      200    200       200        404        404     404      404
/reports/{report}/pdf                                   404     200   404   404      200    200       200        404        404     404      404
/reports/{report}/inputs                                404     200   404   404      200    200       200        404        404     404      404
/reports/{report}/signed                                404     404   404   404      404    404       404        404        404     404      404
/openapi.json                                           200     200   200   200      200    200       200        200        200     200      200
/sdmx/2.1/dataflow                                      200     200   200   200      200    200       200        200        200     200      200
/sdmx/2.1/data/INDICATORS                               200     200   200   200      200    200       200        200        200     200      200
/sdmx/2.1/availableconstraint/INDICATORS                200     200   200   200      200    200       200        200        200     200      200
/history                                                401     200   200   200      200    200       200        403        403     403      403
/history/programme/{inner}                              401     200   200   200      200    200       200        403        403     403      403
/history/target/{inner-target}                          401     200   200   200      200    200       200        403        403     403      403
/history/task/{health}                                  401     200   200   404      200    200       200        403        403     403      403
/history/task/{public-health}                           401     200   200   404      200    200       200        403        403     403      403
/history/document/{inner-document}                      401     200   200   200      200    200       200        403        403     403      403
/history/report/{report}                                401     200   404   404      200    200       200        403        403     403      403
/history/campaign/{season}                              401     200   404   404      200    200       200        403        403     403      403
/history/account/{focal}                                401     404   200   404      404    404       404        403        403     403      403
/history/definition/settings:chung                      401     200   404   404      200    200       200        403        403     403      403
/jobs/{job}                                             404     200   404   404      404    404       404        404        404     404      200
/accounts                                               401     403   403   403      403    403       403        403        403     403      200
/accounts/{focal}                                       401     404   200   404      404    404       404        404        404     404      200
/accounts/{focal}/erase                                 401     403   403   403      403    403       403        403        403     403      200
/removals                                               401     200   200   200      200    200       200        403        403     403      200
/removals/new?what=document/{inner-document}            401     200   403   403      403    200       403        403        403     403      403
/removals/0192f0c1-0000-7000-8000-000000000000          401     404   404   404      404    404       404        404        404     404      404
/system                                                 401     403   403   403      403    403       403        403        403     403      200
";

/// The same for commands, each sent as an empty form with its token. `-` is not sent: it would be done.
const COMMANDS: &str = "
address                                                 visitor officer focal other assigner leader inspector enterprise researcher citizen operator
/sign-in                                                    401       -     -     -        -      -         -          -          -       -        -
/sign-out                                                     -       -     -     -        -      -         -          -          -       -        -
/accounts                                                   401     403   403   403      403    403       403        403        403     403      422
/accounts/{focal}/close                                     401     403   403   403      403    403       403        403        403     403        -
/accounts/{focal}/reopen                                    401     403   403   403      403    403       403        403        403     403      303
/accounts/{focal}/password                                  401     404   422   404      404    404       404        404        404     404      422
/accounts/{focal}/erase                                     401     403   403   403      403    403       403        403        403     403      422
/removals                                                   401     404   403   403      403    404       403        403        403     403      403
/documents                                                  401     422   422   422      403    403       403        403        403     403      403
/documents/{inner-document}/read                            401     409   409   409      403    403       403        403        403     403      403
/documents/{inner-document}/reread                          401     409   403   403      403    403       403        403        403     403      403
/documents/{inner-document}/reference                       401     409   403   403      403    403       403        403        403     403      403
/documents/{inner-document}/adopt                           401     422   403   403      403    403       403        403        403     403      403
/documents/{inner-document}/reading/header                  401     422   403   403      403    403       403        403        403     403      403
/documents/{inner-document}/reading/targets/new             401     422   403   403      403    403       403        403        403     403      403
/documents/{inner-document}/reading/targets/t1              401     422   403   403      403    403       403        403        403     403      403
/documents/{inner-document}/reading/targets/t1/link         401     409   403   403      403    403       403        403        403     403      403
/documents/{inner-document}/reading/targets/t1/reject       401     409   403   403      403    403       403        403        403     403      403
/documents/{inner-document}/reading/targets/t1/restore      401     409   403   403      403    403       403        403        403     403      403
/documents/{inner-document}/reading/tasks/new               401     422   403   403      403    403       403        403        403     403      403
/documents/{inner-document}/reading/tasks/k1                401     422   403   403      403    403       403        403        403     403      403
/documents/{inner-document}/reading/tasks/k1/reject         401     409   403   403      403    403       403        403        403     403      403
/documents/{inner-document}/reading/tasks/k1/restore        401     409   403   403      403    403       403        403        403     403      403
/observations                                               401     422   422   422      403    403       403        403        403     403      403
/observations/{inner-figure}/withdraw                       401     422   422   403      403    403       403        403        403     403      403
/observations/{inner-figure}/publish                        401       -     -   403      403    403       403        403        403     403      403
/imports                                                401     422   422   422      403    403       403        403        403     403      403
/imports/0192f0c1-0000-7000-8000-000000000000/columns   401     404   404   404      404    404       404        404        404     404      404
/imports/0192f0c1-0000-7000-8000-000000000000/accept    401     404   404   404      404    404       404        404        404     404      404
/imports/0192f0c1-0000-7000-8000-000000000000/check     401     404   404   404      404    404       404        404        404     404      404
/imports/0192f0c1-0000-7000-8000-000000000000/undo      401     404   404   404      403    403       403        403        403     403      403
/imports/0192f0c1-0000-7000-8000-000000000000/discard   401     404   404   404      404    404       404        404        404     404      404
/batches/0192f0c1-0000-7000-8000-000000000000/undo      401     404   404   404      404    404       404        403        403     403      403
/batches/0192f0c1-0000-7000-8000-000000000000/confirm   401     404   404   404      404    404       404        403        403     403      403
/batches/0192f0c1-0000-7000-8000-000000000000/return    401     404   404   404      404    404       404        403        403     403      403
/surveys                                                    401     422   422   422      403    403       403        403        403     403      403
/surveys/0192f0c1-0000-7000-8000-000000000000/tell      401     404   404   404      404    404       404        403        403     403      403
/surveys/0192f0c1-0000-7000-8000-000000000000/withdraw  401     404   404   404      404    404       404        403        403     403      403
/programmes/{inner}/publish                                 401       -   403   403      403    403       403        403        403     403      403
/campaigns                                                  401     422   403   403      403    403       403        403        403     403      403
/campaigns/{season}/extend                                  401     422   403   403      403    403       403        403        403     403      403
/campaigns/{season}/close                                   401       -   403   403      403    403       403        403        403     403      403
/campaigns/{season}/requests                                401     422   403   403      403    403       403        403        403     403      403
/campaigns/{season}/requests/thanh-toan/answer              401     422   422   404      403    403       403        403        403     403      403
/campaigns/{season}/requests/giay-to/withdraw               401     422   422   404      403    403       403        403        403     403      403
/campaigns/{season}/requests/thanh-toan/confirm             401     409   403   403      403    403       403        403        403     403      403
/campaigns/{season}/requests/giay-to/return                 401     422   403   403      403    403       403        403        403     403      403
/campaigns/{season}/requests/thanh-toan/move                401     422   403   403      403    403       403        403        403     403      403
/campaigns/{season}/requests/thanh-toan/extend              401     422   403   403      403    403       403        403        403     403      403
/reports                                                    401     422   403   403      422    403       403        403        403     403      403
/reports/{report}/freeze                                    401       -   403   403        -    403       403        403        403     403      403
/reports/{report}/signed                                    401     422   403   403      422    403       403        403        403     403      403
/targets/{inner-target}/link                                401       -   403   403      403    403       403        403        403     403      403
/targets/{inner-target}/withdraw                            401     422   403   403      403    403       403        403        403     403      403
/targets/{inner-target}/parts                               401     422   403   403      403    403       403        404        404     404      404
/targets/{inner-target}/parts/guidance                      401     422   403   403      403    403       403        404        404     404      404
/targets/{inner-target}/parts/whole                         401     422   403   403      403    403       403        404        404     404      404
/targets/{inner-target}/parts/gap                           401     422   403   403      403    403       403        404        404     404      404
/targets/{inner-target}/parts/register                      401     409   409   409      403    403       403        404        404     404      404
/targets/{inner-target}/parts/accept                        401     409   403   403      403    403       403        404        404     404      404
/targets/{inner-target}/parts/return                        401     409   403   403      403    403       403        404        404     404      404
/targets/{inner-target}/parts/withdraw                      401     422   422   422      403    403       403        404        404     404      404
/programmes/{inner}/ranking/publish                         401     422   403   403      403    403       403        403        403     403      403
/programmes/{inner}/ranking/withdraw                        401     409   403   403      403    403       403        403        403     403      403
/tasks/{health}/result                                      401     403   422   404      403    403       403        404        404     404      404
/tasks/{health}/withdraw-result                             401     403   409   404      403    403       403        403        403     403      403
/tasks/{health}/confirm                                     401     403   403   403      409    409       403        403        403     403      403
/tasks/{school}/return                                      401     403   403   403      422    422       403        403        403     403      403
/tasks/{health}/extend                                      401     403   403   403      422    422       403        403        403     403      403
/system/jobs/{job}/retry                                    401     403   403   403      403    403       403        403        403     403      409
/system/outbox/none/retry                                   401     403   403   403      403    403       403        403        403     403      409
/jobs/{job}/cancel                                          404       -   404   404      404    404       404        404        404     404        -
";

/// Every address that answers with a page.
pub fn pages() -> Vec<&'static str> {
    table(PAGES)
        .1
        .into_iter()
        .map(|(address, _)| address)
        .collect()
}

/// Everybody the tables have a column for.
pub fn readers() -> Vec<&'static str> {
    table(PAGES).0
}

/// Every command, and who may be sent with it without changing anything.
pub fn refused() -> Vec<(&'static str, &'static str)> {
    let (readers, rows) = table(COMMANDS);
    let mut all = Vec::new();
    for (address, cells) in rows {
        let refused = readers.iter().zip(cells).filter(|(_, cell)| *cell != "-");
        all.extend(refused.map(|(reader, _)| (address, *reader)));
    }
    all
}

/// The rows of a table: an address, and a cell for each reader.
fn table(text: &'static str) -> (Vec<&'static str>, Vec<(&'static str, Vec<&'static str>)>) {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let words = |line: &'static str| line.split_whitespace().collect::<Vec<_>>();
    let head = words(lines.next().expect("a head"))[1..].to_vec();
    let rows: Vec<_> = lines
        .map(words)
        .map(|cells| (cells[0], cells[1..].to_vec()))
        .collect();
    for (address, cells) in &rows {
        assert_eq!(cells.len(), head.len(), "{address}");
    }
    (head, rows)
}

/// Says where what was found differs, as the line it would be.
fn assert_as_expected(differences: Vec<String>) {
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
}

#[test]
fn every_address_stands_in_the_tables() {
    assert_all_named("GET", table(PAGES).1.iter().map(|(address, _)| *address));
    assert_all_named(
        "POST",
        table(COMMANDS).1.iter().map(|(address, _)| *address),
    );
}

#[test]
fn everybody_opens_what_they_may_and_nothing_else() {
    run(async {
        let world = World::shared().await;
        let (readers, rows) = table(PAGES);
        let mut found: Vec<Vec<String>> = vec![vec![]; rows.len()];
        for reader in &readers {
            let mut client = world.anybody(reader).await;
            for (row, (address, _)) in rows.iter().enumerate() {
                let reply = client.get(&world.address(address)).await;
                if reply.status >= 400 {
                    reply.assert_page(reply.status);
                }
                found[row].push(reply.status.to_string());
            }
        }
        let differences = rows
            .iter()
            .zip(found)
            .filter_map(|((address, cells), found)| {
                (*cells != found).then(|| format!("{address} {}", found.join(" ")))
            });
        assert_as_expected(differences.collect());
    });
}

#[test]
fn nobody_gives_a_command_that_is_not_theirs() {
    run(async {
        let world = World::shared().await;
        let head = world.head().await;
        let (readers, rows) = table(COMMANDS);
        let mut found: Vec<Vec<String>> = vec![vec![]; rows.len()];
        for (column, reader) in readers.iter().enumerate() {
            let mut client = world.anybody(reader).await;
            client.get("/sign-in").await;
            for (row, (address, cells)) in rows.iter().enumerate() {
                found[row].push(match cells[column] {
                    "-" => "-".to_owned(),
                    _ => {
                        let reply = client.post(&world.address(address), &[]).await;
                        if reply.status >= 400 {
                            reply.assert_page(reply.status);
                        }
                        reply.status.to_string()
                    }
                });
            }
        }
        let differences = rows
            .iter()
            .zip(found)
            .filter_map(|((address, cells), found)| {
                (*cells != found).then(|| format!("{address} {}", found.join(" ")))
            });
        assert_as_expected(differences.collect());
        assert_eq!(world.head().await, head, "a refused command was recorded");
    });
}

/// What a form of another site, or one kept from another session, could send.
#[test]
fn a_form_that_is_not_ours_changes_nothing() {
    run(async {
        let world = World::shared().await;
        let head = world.head().await;
        let mut officer = world.person("officer").await;
        for (address, _) in table(COMMANDS).1 {
            let address = world.address(address);
            let typed = [("reason", "gõ dở <b>"), ("password", "giấu kín lắm")];
            for token in ["", "0000"] {
                let mut fields = typed.to_vec();
                fields.push(("csrf", token));
                let reply = officer.post_raw(&address, &fields).await;
                let text = reply.assert_page(403);
                assert!(text.contains("Hãy mở lại trang"), "{address}: {text}");
            }
            let mut nobody = world.visitor();
            let reply = nobody.post_raw(&address, &typed).await;
            let text = reply.assert_page(401);
            assert!(text.contains("gõ dở &lt;b&gt;"), "{address}: {text}");
            assert!(!text.contains("giấu kín lắm"), "{address}: {text}");
            assert!(text.contains("href=\"/sign-in?to="), "{address}: {text}");
        }
        assert_eq!(world.head().await, head);
    });
}

#[test]
fn a_request_from_another_site_changes_nothing() {
    run(async {
        let world = World::shared().await;
        let head = world.head().await;
        let mut officer = world.person("officer").await;
        for (address, _) in table(COMMANDS).1 {
            for site in ["cross-site", "same-site"] {
                let body = format!("csrf={}", officer.token);
                let mut request: Request<Body> = form(&world.address(address), body);
                let site_header = site.parse().expect("a header");
                request.headers_mut().insert("sec-fetch-site", site_header);
                officer.send(request).await.assert_page(403);
            }
        }
        let read = Request::get("/programmes")
            .header("sec-fetch-site", "cross-site")
            .header(header::ACCEPT, "text/html")
            .body(Body::empty());
        let reply = officer.send(read.expect("a request")).await;
        reply.assert_page(200);
        assert_eq!(world.head().await, head);
    });
}
