//! The text of a report. Every sentence follows from the inputs; nothing is claimed that they do not
//! hold, and what only the officer can say is left to the officer.

use catalogue::Fill;
use jiff::civil::Date;
use measure::{TargetStatus, TaskStatus};
use press::document::{Block, Run};
use programme::{TargetId, TaskId};
use viet::Lang;

use crate::demand::{Style, demand};
use crate::figure::{Figures, day};
use crate::inputs::{ReportInputs, TargetInput, TaskInput, following};

/// Items a list of the text shows; all of them stand in the annex.
const LISTED: usize = 20;

/// What stands where only the officer can write.
const TO_BE_WRITTEN: &str = "[Cơ quan soạn thảo bổ sung nội dung này trước khi trình ký.]";

/// The blocks that fill a section, after what the officer wrote.
pub(crate) fn fill(
    inputs: &ReportInputs,
    fill: Fill,
    written: bool,
    figures: &mut Figures,
) -> Vec<Block> {
    let mut text = Writer {
        inputs,
        figures,
        blocks: Vec::new(),
    };
    match fill {
        Fill::Text | Fill::Proposals if !written => {
            text.paragraph(vec![Run::italic(TO_BE_WRITTEN)]);
        }
        Fill::Text | Fill::Proposals => {}
        Fill::Targets => text.targets(),
        Fill::Tasks => text.tasks(),
        Fill::NextTasks => text.next_tasks(),
        Fill::Shortcomings => text.shortcomings(),
    }
    text.blocks
}

struct Writer<'a> {
    inputs: &'a ReportInputs,
    figures: &'a mut Figures,
    blocks: Vec<Block>,
}

type Tasks<'a> = Vec<&'a TaskInput>;
type Targets<'a> = Vec<&'a TargetInput>;

fn task_ids(tasks: &[&TaskInput]) -> Vec<TaskId> {
    tasks.iter().map(|task| task.id).collect()
}

fn target_ids(targets: &[&TargetInput]) -> Vec<TargetId> {
    targets.iter().map(|target| target.id).collect()
}

impl<'a> Writer<'a> {
    fn paragraph(&mut self, runs: Vec<Run>) {
        self.blocks.push(Block::Paragraph { runs });
    }

    /// A list; what is too long for the text ends with a hint at the annex.
    fn list(&mut self, mut items: Vec<Vec<Run>>) {
        if items.len() > LISTED {
            items.truncate(LISTED);
            items.push(vec![Run::plain("… (chi tiết tại các phụ lục kèm theo).")]);
        }
        if !items.is_empty() {
            self.blocks.push(Block::Bullets { items });
        }
    }

    fn tasks_that(&self, keep: impl Fn(&TaskInput) -> bool) -> Tasks<'a> {
        self.inputs.tasks.iter().filter(|task| keep(task)).collect()
    }

    fn targets_that(&self, keep: impl Fn(&TargetInput) -> bool) -> Targets<'a> {
        self.inputs
            .targets
            .iter()
            .filter(|target| keep(target))
            .collect()
    }

    fn in_period(&self, day: Option<Date>) -> bool {
        day.is_some_and(|day| self.inputs.first_day() <= day && day <= self.inputs.as_of)
    }

    fn tasks(&mut self) {
        let all = self.tasks_that(|_| true);
        let count = self.figures.tasks("nhiệm vụ được giao", task_ids(&all));
        let until = day(self.inputs.as_of);
        if all.is_empty() {
            self.paragraph(vec![
                Run::plain(format!("Đến hết ngày {until}, chương trình có ")),
                count,
                Run::plain(" nhiệm vụ được giao."),
            ]);
            return;
        }
        self.paragraph(vec![
            Run::plain(format!("Đến hết ngày {until}, chương trình có ")),
            count,
            Run::plain(" nhiệm vụ được giao, gồm:"),
        ]);
        let items = TASK_ORDER
            .into_iter()
            .filter_map(|status| self.of_status(status, &all));
        let items: Vec<_> = items.collect();
        self.list(items);
        self.due_in_period();
        self.done_in_period();
    }

    fn of_status(&mut self, status: TaskStatus, all: &Tasks<'a>) -> Option<Vec<Run>> {
        let tasks = self.tasks_that(|task| task.status == status);
        if tasks.is_empty() {
            return None;
        }
        let label = status.label(Lang::Vi);
        Some(vec![
            Run::plain(format!("{}: ", capital(label))),
            self.figures
                .tasks(&format!("nhiệm vụ {label}"), task_ids(&tasks)),
            Run::plain(" nhiệm vụ ("),
            self.figures.share(task_ids(&tasks), task_ids(all)),
            Run::plain(")"),
        ])
    }

    fn due_in_period(&mut self) {
        let due = self.tasks_that(|task| self.in_period(task.deadline));
        let done = self.tasks_that(|task| self.in_period(task.deadline) && is_done(task));
        let waiting = self.tasks_that(|task| task.result.as_ref().is_some_and(|r| r.waiting));
        let mut runs = vec![
            Run::plain("Trong kỳ có "),
            self.figures
                .tasks("nhiệm vụ đến hạn trong kỳ", task_ids(&due)),
            Run::plain(" nhiệm vụ đến hạn, trong đó "),
            self.figures
                .tasks("nhiệm vụ đến hạn trong kỳ đã hoàn thành", task_ids(&done)),
            Run::plain(" nhiệm vụ đã hoàn thành."),
        ];
        if !waiting.is_empty() {
            runs.push(Run::plain(" Còn "));
            runs.push(
                self.figures
                    .tasks("kết quả chờ xác nhận", task_ids(&waiting)),
            );
            runs.push(Run::plain(" kết quả chờ cơ quan giao việc xác nhận."));
        }
        self.paragraph(runs);
    }

    fn done_in_period(&mut self) {
        let done = self.tasks_that(|task| is_done(task) && self.in_period(task.done_on));
        if done.is_empty() {
            return;
        }
        let count = self
            .figures
            .tasks("nhiệm vụ hoàn thành trong kỳ", task_ids(&done));
        self.paragraph(vec![
            Run::plain("Trong kỳ đã hoàn thành "),
            count,
            Run::plain(" nhiệm vụ:"),
        ]);
        let item = |task: &&TaskInput| {
            let result = task.result.as_ref().map_or("", |result| result.text.trim());
            let result = if result.is_empty() {
                String::new()
            } else {
                format!(": {result}")
            };
            vec![Run::plain(format!(
                "{}{}{result}",
                task.title,
                led_by(task)
            ))]
        };
        let items = done.iter().map(item).collect();
        self.list(items);
    }

    fn targets(&mut self) {
        let all = self.targets_that(|_| true);
        let mut runs = vec![
            Run::plain("Chương trình đặt ra "),
            self.figures
                .targets("chỉ tiêu của chương trình", target_ids(&all)),
            Run::plain(" chỉ tiêu"),
        ];
        let mut lead = ": ";
        for status in TARGET_ORDER {
            let targets = self.targets_that(|target| target.status == status);
            if targets.is_empty() {
                continue;
            }
            let label = status.label(Lang::Vi);
            runs.push(Run::plain(lead));
            runs.push(
                self.figures
                    .targets(&format!("chỉ tiêu {label}"), target_ids(&targets)),
            );
            runs.push(Run::plain(format!(" chỉ tiêu {label}")));
            lead = "; ";
        }
        runs.push(Run::plain("."));
        self.paragraph(runs);
        let with_figure = self.targets_that(|target| target.current.is_some());
        if with_figure.is_empty() {
            return;
        }
        self.paragraph(vec![Run::plain("Cụ thể các chỉ tiêu có số liệu:")]);
        let items: Vec<_> = with_figure
            .iter()
            .filter_map(|target| self.target(target))
            .collect();
        // Every figure is said in the text too: this list is what the receiver looks for.
        self.blocks.push(Block::Bullets { items });
    }

    /// "Tỷ lệ …: 42,1% (năm 2025, số liệu sơ bộ; nguồn: …); mục tiêu từ 45% trở lên năm 2030; …".
    fn target(&mut self, target: &TargetInput) -> Option<Vec<Run>> {
        let value = target.current.as_ref()?;
        let mut runs = vec![
            Run::plain(format!("{}: ", target.name())),
            self.figures.value(target, value, true),
            Run::plain(format!(
                " ({}, số liệu {}; nguồn: {})",
                value.period.label(Lang::Vi),
                value.stage.label(Lang::Vi),
                value.source.trim()
            )),
        ];
        if let Some(previous) = &target.previous {
            runs.push(Run::plain(format!(
                "; {}: ",
                previous.period.label(Lang::Vi)
            )));
            runs.push(self.figures.value(target, previous, true));
        }
        runs.push(Run::plain("; mục tiêu "));
        runs.push(self.figures.demand(target, demand(target, Style::Sentence)));
        if let Some(achieved) = self.figures.achieved(target) {
            runs.push(Run::plain("; bằng "));
            runs.push(achieved);
            runs.push(Run::plain(" mục tiêu"));
        }
        runs.push(Run::plain(format!(
            "; đánh giá: {}.",
            target.status.label(Lang::Vi)
        )));
        Some(runs)
    }

    fn shortcomings(&mut self) {
        let before = self.blocks.len();
        self.overdue();
        self.returned();
        self.behind();
        let missing = self.targets_that(|target| target.status == TargetStatus::NoData);
        if !missing.is_empty() {
            let count = self
                .figures
                .targets("chỉ tiêu chưa có số liệu", target_ids(&missing));
            self.paragraph(vec![
                Run::plain("Còn "),
                count,
                Run::plain(" chỉ tiêu chưa có số liệu để đánh giá."),
            ]);
        }
        if self.blocks.len() == before {
            self.paragraph(vec![Run::plain(format!(
                "Đến hết ngày {}, chưa ghi nhận nhiệm vụ quá hạn, kết quả bị yêu cầu bổ sung hoặc chỉ tiêu chậm lộ trình.",
                day(self.inputs.as_of)
            ))]);
        }
    }

    fn overdue(&mut self) {
        let late = self.tasks_that(|task| task.status == TaskStatus::Overdue);
        if late.is_empty() {
            return;
        }
        let count = self.figures.tasks("nhiệm vụ quá hạn", task_ids(&late));
        self.paragraph(vec![
            count,
            Run::plain(" nhiệm vụ quá hạn chưa hoàn thành:"),
        ]);
        let items: Vec<_> = late.iter().map(|task| self.with_deadline(task)).collect();
        self.list(items);
    }

    /// "Tên nhiệm vụ (Sở A), thời hạn 30/6/2026".
    fn with_deadline(&mut self, task: &TaskInput) -> Vec<Run> {
        let mut runs = vec![Run::plain(format!("{}{}", task.title, led_by(task)))];
        if let Some(deadline) = task.deadline {
            runs.push(Run::plain(", thời hạn "));
            runs.push(self.figures.deadline(task, day(deadline)));
        }
        runs
    }

    fn returned(&mut self) {
        let returned = self.tasks_that(|task| task.status == TaskStatus::Returned);
        if returned.is_empty() {
            return;
        }
        let count = self
            .figures
            .tasks("nhiệm vụ yêu cầu bổ sung", task_ids(&returned));
        self.paragraph(vec![
            count,
            Run::plain(" nhiệm vụ có kết quả bị yêu cầu bổ sung:"),
        ]);
        let item = |task: &&TaskInput| {
            let reason = task
                .result
                .as_ref()
                .and_then(|result| result.returned.as_deref());
            let reason = reason
                .map(|reason| format!(": {}", reason.trim()))
                .unwrap_or_default();
            vec![Run::plain(format!(
                "{}{}{reason}",
                task.title,
                led_by(task)
            ))]
        };
        let items = returned.iter().map(item).collect();
        self.list(items);
    }

    fn behind(&mut self) {
        let behind = self.targets_that(|target| {
            matches!(target.status, TargetStatus::OffTrack | TargetStatus::AtRisk)
        });
        if behind.is_empty() {
            return;
        }
        let count = self
            .figures
            .targets("chỉ tiêu chậm hoặc có nguy cơ chậm", target_ids(&behind));
        self.paragraph(vec![
            count,
            Run::plain(" chỉ tiêu chậm hoặc có nguy cơ chậm lộ trình:"),
        ]);
        let items: Vec<_> = behind
            .iter()
            .map(|target| {
                let mut runs = vec![Run::plain(target.name())];
                if let Some(value) = &target.current {
                    runs.push(Run::plain(": "));
                    runs.push(self.figures.value(target, value, true));
                    runs.push(Run::plain(format!(" ({})", value.period.label(Lang::Vi))));
                }
                runs.push(Run::plain(", mục tiêu "));
                runs.push(self.figures.demand(target, demand(target, Style::Sentence)));
                runs.push(Run::plain(format!(" – {}", target.status.label(Lang::Vi))));
                runs
            })
            .collect();
        self.list(items);
    }

    fn next_tasks(&mut self) {
        let next = following(self.inputs.period);
        let end = next.range(self.inputs.calendar).to();
        let mut due = self.tasks_that(|task| {
            let ahead = |day: Date| day > self.inputs.as_of && end.is_none_or(|end| day < end);
            !task.status.is_closed() && task.deadline.is_some_and(ahead)
        });
        due.sort_by_key(|task| task.deadline);
        let count = self
            .figures
            .tasks("nhiệm vụ đến hạn kỳ tới", task_ids(&due));
        let end = if due.is_empty() { "." } else { ":" };
        self.paragraph(vec![
            Run::plain("Có "),
            count,
            Run::plain(format!(
                " nhiệm vụ đến hạn từ nay đến hết {}{end}",
                next.label(Lang::Vi)
            )),
        ]);
        let items: Vec<_> = due.iter().map(|task| self.with_deadline(task)).collect();
        self.list(items);
        let open = self
            .tasks_that(|task| matches!(task.status, TaskStatus::Overdue | TaskStatus::Returned));
        if !open.is_empty() {
            let count = self
                .figures
                .tasks("nhiệm vụ quá hạn hoặc yêu cầu bổ sung", task_ids(&open));
            self.paragraph(vec![
                Run::plain("Tiếp tục thực hiện "),
                count,
                Run::plain(" nhiệm vụ đã quá hạn hoặc được yêu cầu bổ sung."),
            ]);
        }
    }
}

/// Done first, then what needs looking at.
const TASK_ORDER: [TaskStatus; 8] = [
    TaskStatus::Done,
    TaskStatus::DoneLate,
    TaskStatus::Overdue,
    TaskStatus::Returned,
    TaskStatus::DueSoon,
    TaskStatus::InTime,
    TaskStatus::NoDeadline,
    TaskStatus::Withdrawn,
];

const TARGET_ORDER: [TargetStatus; 6] = [
    TargetStatus::Met,
    TargetStatus::OnTrack,
    TargetStatus::AtRisk,
    TargetStatus::OffTrack,
    TargetStatus::NoData,
    TargetStatus::NotYetMeasurable,
];

fn is_done(task: &TaskInput) -> bool {
    matches!(task.status, TaskStatus::Done | TaskStatus::DoneLate)
}

fn led_by(task: &TaskInput) -> String {
    task.lead
        .as_ref()
        .map(|lead| format!(" ({lead})"))
        .unwrap_or_default()
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
