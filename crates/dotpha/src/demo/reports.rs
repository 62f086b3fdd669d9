//! The report of the demo.

use std::collections::BTreeMap;

use access::Refusal;
use programme::Given;
use reporting::{DrawUp, ReportId};
use viet::Period;

use super::world::World;
use crate::Fault;

/// Draws up the quarterly report of the third quarter of 2026, and freezes it.
pub async fn quarterly(world: &World) -> Result<(), Fault> {
    let remarks = [(
        "lanh-dao-chi-dao",
        "Trong quý, cơ quan thường trực đôn đốc các nhiệm vụ đến hạn và rà soát số liệu của các chỉ tiêu \
         (đoạn minh họa do người lập báo cáo viết).",
    )];
    let mut by_section = BTreeMap::new();
    for (section, text) in remarks {
        by_section.insert(section.parse()?, vec![text.to_owned()]);
    }
    let command = DrawUp {
        report: ReportId::new(),
        definition: "bao-cao-quy".parse()?,
        period: Period::quarter(2026, 3).ok_or("there is a third quarter")?,
        programme: world.programme()?,
        as_known: None,
        remarks: by_section,
    };
    let (scope, given) = (world.scope("khcn").await?, Given::default());
    let named = |refusal: Refusal| format!("the quarterly report: {refusal:?}");
    reporting::draw_up(&world.journal, &world.directories, &scope, &given, &command)
        .await
        .map_err(named)?;
    reporting::freeze(&world.journal, &scope, &given, command.report)
        .await
        .map_err(named)?;
    Ok(())
}
