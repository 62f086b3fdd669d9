//! The survey of `demo/survey-minh-hoa.csv`: invented answers, and the figure estimated from them.

use catalogue::Stage;
use interchange::survey::{self, Columns};
use observation::{
    AnswerRow, Book, EvidenceFile, ObservationId, ReceiveSurvey, StratumSize, SurveyId,
    SurveyQuestion, SurveyReceived, TellSurvey,
};

use super::world::World;
use crate::{Fault, embedded};

/// Strata with their sizes; invented like the answers.
const STRATA: [(&str, u64); 3] = [("Siêu nhỏ và nhỏ", 9_400), ("Vừa", 410), ("Lớn", 120)];

const QUESTION: &str = "Có đổi mới sáng tạo";

/// The department that keeps the programme hands the answers in and records what they tell.
pub async fn hand_in(world: &World) -> Result<(), Fault> {
    let text = embedded::demo_text("survey-minh-hoa.csv")?;
    let columns = Columns {
        stratum: Some("Quy mô".into()),
        weight: None,
        questions: vec![QUESTION.into()],
    };
    let read = survey::read(text.as_bytes(), &columns)?;
    let kept = survey::write(&columns.questions, &read.rows)?;
    let scope = world.scope("khcn.dm").await?;
    let rows = read.rows.iter().map(|row| {
        let stratum = STRATA.iter().position(|(name, _)| *name == row.stratum);
        Ok(AnswerRow {
            stratum: stratum.ok_or_else(|| format!("demo: no stratum {}", row.stratum))?,
            weight: row.weight,
            answers: row.answers.clone(),
        })
    });
    let rows = rows.collect::<Result<Vec<_>, Fault>>()?;
    let command = ReceiveSurvey {
        id: SurveyId::new(),
        survey: SurveyReceived {
            title: "Khảo sát đổi mới sáng tạo trong doanh nghiệp (minh họa, hư cấu)".into(),
            area: "66@2025-07-01".parse()?,
            period: "2024".parse()?,
            ended_on: "2025-10-15".parse()?,
            organisation: scope
                .organisation()
                .cloned()
                .ok_or("demo: khcn.dm speaks for no organisation")?,
            strata: (STRATA.iter())
                .map(|(name, population)| StratumSize {
                    name: (*name).into(),
                    population: Some(*population),
                })
                .collect(),
            questions: vec![SurveyQuestion {
                heading: QUESTION.into(),
                indicator: "innovating_enterprises_pct".parse()?,
            }],
            answers: EvidenceFile {
                hash: world.journal.files().put(&kept).await?,
                name: "phieu-tra-loi.csv".into(),
                media: "text/csv".into(),
                size: kept.len() as u64,
            },
            asked: u32::try_from(rows.len())?,
            left_out: read.left_out,
        },
        rows,
    };
    let directory = world.directory().await?;
    let (journal, book) = (&world.journal, Book::new(&directory));
    observation::receive_survey(journal, &scope, &command, book, None).await?;
    let told = TellSurvey {
        survey: command.id,
        question: 0,
        observation: ObservationId::new(),
        stage: Stage::Estimated,
        acknowledge: true,
        note: Some("không phải số liệu của tỉnh Đắk Lắk".into()),
    };
    observation::tell_survey(journal, &scope, &told, &command.rows, book, None).await?;
    Ok(())
}
