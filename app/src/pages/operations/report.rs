//! What an import stored, and the lines it refused.

use crate::{
    ui::*,
    url,
    view::{count, counted},
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A refused line; never holds a value of the file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewLine {
    /// From 1, the header included.
    pub line: i64,
    /// Empty when the line as a whole is wrong.
    pub column: String,
    pub message: String,
}

/// What became of the file's lines.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ViewReport {
    pub stored: u64,
    pub refused: u64,
    pub lines: Vec<ViewLine>,
    /// The line before the first shown; 0 on the first page.
    pub after: i64,
    /// Where the next page begins.
    pub next: Option<i64>,
}

/// The card of the report on the page of the operation `id`.
pub(super) fn report(id: &str, report: ViewReport) -> AnyView {
    let ViewReport { stored, refused, lines, after, next } = report;
    let address = format!("/operations/{id}");
    let figures = view! {
        <Facts>
            <Fact name="Stored">{counted(stored, "row", "rows")}</Fact>
            <Fact name="Refused">{counted(refused, "line", "lines")}</Fact>
        </Facts>
    };
    if refused == 0 {
        return view! { <Card title="Result">{figures}</Card> }.into_any();
    }
    let page = Page {
        first: (after > 0).then(|| address.clone()),
        next: next.map(|after| url::with_query(&address, &[("after", &after.to_string())])),
        ..Page::default()
    };
    let rows = lines.into_iter().map(row).collect();
    let columns = vec![Column::new("Line"), Column::new("Column"), Column::new("What is wrong")];
    let csv = view! {
        <ButtonLink label="Download as CSV" href=format!("{address}/errors.csv") icon=Glyph::Download external=true />
    };
    view! {
        <Card title="Result" aside=csv.into_any()>
            {figures}
            <p>"Refused lines were left out; all others were stored. Mend them in your file and import only those."</p>
            <DataTable caption="Refused lines" columns rows page />
        </Card>
    }
    .into_any()
}

fn row(line: ViewLine) -> Row {
    let ViewLine { line, column, message } = line;
    let name = format!("line {line}");
    let column = if column.is_empty() { "–".to_owned() } else { column };
    Row::new(line.to_string(), name).cell(count(line.unsigned_abs())).cell(column).cell(message)
}

#[cfg(feature = "ssr")]
mod build {
    use super::{ViewLine, ViewReport};
    use domain::actions::Action;
    use service::{Caller, Portal, ServiceResult, imports, store::operations::Operation};

    /// So many lines a page.
    const PAGE: usize = 100;

    impl ViewReport {
        /// The report of an import, for those who may import.
        pub(in super::super) async fn load(
            portal: &Portal,
            caller: &Caller,
            operation: &Operation,
            after: i64,
        ) -> ServiceResult<Option<Self>> {
            if operation.import_id.is_none() || !caller.may(Action::RowImport, operation.environment_id) {
                return Ok(None);
            }
            let report = imports::report(portal, caller, operation.id, after).await?;
            let more = report.lines.len() > PAGE;
            let lines: Vec<ViewLine> = report.lines.into_iter().take(PAGE).map(line).collect();
            let next = lines.last().map(|line| line.line).filter(|_| more);
            Ok(Some(Self { stored: report.stored, refused: report.refused, lines, after, next }))
        }
    }

    fn line(line: service::store::imports::LineError) -> ViewLine {
        ViewLine { line: line.line, column: line.column_name, message: line.message }
    }
}
