//! Carrying a removal out.

use access::{FieldFault, Refusal, Scope, grounds_faults};
use journal::{Grounds, Journal, Seq, Subject, WriteContext, Written};
use uuid::Uuid;

use crate::What;
use crate::plan::plan;

/// What a person decided.
#[derive(Debug, Clone)]
pub struct Order {
    /// Why, and on whose authority.
    pub grounds: Grounds,
    /// The code of the plan they saw: [`crate::Plan::code`].
    pub code: String,
    /// They know that programmes, targets, tasks, results and reports go with it.
    pub with_others: bool,
    /// Sent with the form: the same key again changes nothing.
    pub key: Option<String>,
}

/// Takes a thing out, with everything its [`crate::plan`] names. Gives the entry that records it. Files go
/// after the entry is recorded; where that is cut short, the next start finishes it.
///
/// # Errors
/// What [`crate::plan`] refuses; [`Refusal::Invalid`] for grounds, a code that is not the plan's, and for
/// others that go with it when they were not agreed to; [`Refusal::Stale`] when something changed meanwhile.
pub async fn remove(
    journal: &Journal,
    scope: &Scope,
    what: &What,
    order: &Order,
) -> Result<Seq, Refusal> {
    let context = WriteContext::new(scope.actor(), "content.remove").with_key(order.key.clone());
    // A form sent twice finds nothing any more: it is answered with what it came to.
    if let Some(seq) = journal.entry_of(&context).await? {
        return Ok(seq);
    }
    let plan = plan(journal, scope, what).await?;
    let mut faults = grounds_faults(&order.grounds);
    if order.code.trim() != plan.code {
        faults.push(FieldFault::new(
            "code",
            "Mã xác nhận không khớp: gõ sai, hoặc nội dung sẽ gỡ vừa thay đổi. Hãy xem lại danh sách.",
            "The code does not match: mistyped, or what would go has just changed. Look at the list again.",
        ));
    }
    if plan.takes_others() && !order.with_others {
        faults.push(FieldFault::new(
            "with_others",
            "Văn bản này đã có chương trình, chỉ tiêu, nhiệm vụ, bản khác hoặc báo cáo dựa vào: chúng nhắc lại nội dung của nó nên phải gỡ cùng. Hãy đánh dấu đồng ý.",
            "Programmes, targets, tasks, copies or reports rest on this document: they repeat its words and must go with it. Tick to agree.",
        ));
    }
    if !faults.is_empty() {
        return Err(Refusal::Invalid { faults });
    }
    let content = plan.content();
    let removal = Uuid::now_v7();
    let mut files = Vec::new();
    let written = journal
        .write(&context, async |tx| {
            let taken = journal
                .take_out(tx, removal, &content, &order.grounds)
                .await?;
            let taken = taken.ok_or(Refusal::Stale)?;
            files = taken.files;
            tx.list_removal(
                journal.removal_list(),
                removal,
                Subject::Content(content.clone()),
            )
            .await?;
            Ok::<_, Refusal>(taken.facts)
        })
        .await?;
    journal.clear_away(&files).await?;
    match written {
        Written::New(seq) | Written::Again(seq) => Ok(seq),
        Written::Nothing => Err(Refusal::Stale),
    }
}
