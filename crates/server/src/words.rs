//! What families and kinds of facts are called on screen.

use viet::Lang;

/// Name of a family of things.
pub fn family(family: &str, lang: Lang) -> &str {
    match family {
        "document" => lang.pick("văn bản", "document"),
        "programme" => lang.pick("chương trình", "programme"),
        "target" => lang.pick("chỉ tiêu", "target"),
        "cascade" => lang.pick("phân bổ chỉ tiêu", "breakdown of a target"),
        "part" => lang.pick("phần chỉ tiêu của đơn vị", "parts of an agency"),
        "ranking" => lang.pick("xếp hạng đơn vị", "ranking of agencies"),
        "task" => lang.pick("nhiệm vụ", "task"),
        "series" => lang.pick("chuỗi số liệu", "series"),
        "batch" => lang.pick("lô số liệu", "batch"),
        "campaign" => lang.pick("mùa chỉ số", "index season"),
        "survey" => lang.pick("khảo sát", "survey"),
        "report" => lang.pick("báo cáo", "report"),
        "account" => lang.pick("tài khoản", "account"),
        "definition" => lang.pick("định nghĩa", "definition"),
        "removal" => lang.pick("gỡ bỏ", "removal"),
        other => other,
    }
}

const FACTS: &[(&str, &str, &str)] = &[
    (
        "document.received",
        "Tiếp nhận văn bản",
        "Document received",
    ),
    (
        "document.refused_secret",
        "Từ chối văn bản mật",
        "Secret document refused",
    ),
    ("document.read", "Đọc văn bản", "Document read"),
    (
        "document.target_corrected",
        "Sửa chỉ tiêu đã đọc",
        "Target of the reading corrected",
    ),
    (
        "document.target_added",
        "Thêm chỉ tiêu",
        "Target added to the reading",
    ),
    (
        "document.target_rejected",
        "Loại chỉ tiêu đã đọc",
        "Target of the reading rejected",
    ),
    (
        "document.target_restored",
        "Khôi phục chỉ tiêu",
        "Target of the reading restored",
    ),
    ("document.target_linked", "Gắn chỉ số", "Indicator linked"),
    (
        "document.task_corrected",
        "Sửa nhiệm vụ đã đọc",
        "Task of the reading corrected",
    ),
    (
        "document.task_added",
        "Thêm nhiệm vụ",
        "Task added to the reading",
    ),
    (
        "document.task_rejected",
        "Loại nhiệm vụ đã đọc",
        "Task of the reading rejected",
    ),
    (
        "document.task_restored",
        "Khôi phục nhiệm vụ",
        "Task of the reading restored",
    ),
    (
        "document.header_corrected",
        "Sửa thông tin văn bản",
        "Document header corrected",
    ),
    ("document.adopted", "Thông qua bản đọc", "Reading adopted"),
    (
        "document.kept_as_reference",
        "Giữ làm tham khảo",
        "Kept as reference",
    ),
    (
        "document.published",
        "Công bố văn bản",
        "Document published",
    ),
    ("programme.founded", "Lập chương trình", "Programme founded"),
    (
        "programme.document_added",
        "Thêm văn bản vào chương trình",
        "Document added",
    ),
    (
        "programme.published",
        "Công bố chương trình",
        "Programme published",
    ),
    (
        "programme.closed",
        "Kết thúc chương trình",
        "Programme closed",
    ),
    ("target.adopted", "Giao chỉ tiêu", "Target adopted"),
    ("target.linked", "Gắn chỉ số", "Indicator linked"),
    ("target.amended", "Điều chỉnh chỉ tiêu", "Target amended"),
    ("target.withdrawn", "Rút chỉ tiêu", "Target withdrawn"),
    ("target.published", "Công bố chỉ tiêu", "Target published"),
    (
        "cascade.guided",
        "Hướng dẫn đăng ký, báo cáo",
        "How to register and report",
    ),
    (
        "cascade.path_stated",
        "Nêu mức chung từng năm",
        "Yearly values stated",
    ),
    (
        "cascade.gap_acknowledged",
        "Xem xét chênh lệch",
        "Gap looked at",
    ),
    ("part.assigned", "Giao phần chỉ tiêu", "Part assigned"),
    (
        "part.registered",
        "Đăng ký phần chỉ tiêu",
        "Part registered",
    ),
    (
        "part.accepted",
        "Chấp nhận đăng ký",
        "Registration accepted",
    ),
    ("part.returned", "Trả lại đăng ký", "Registration returned"),
    ("part.amended", "Điều chỉnh phần chỉ tiêu", "Part amended"),
    ("part.withdrawn", "Rút phần chỉ tiêu", "Part withdrawn"),
    ("ranking.published", "Công bố xếp hạng", "Ranking published"),
    ("ranking.withdrawn", "Thu hồi xếp hạng", "Ranking withdrawn"),
    ("task.assigned", "Giao nhiệm vụ", "Task assigned"),
    ("task.reassigned", "Giao lại nhiệm vụ", "Task reassigned"),
    ("task.officer_named", "Cử cán bộ phụ trách", "Officer named"),
    ("task.deadline_extended", "Gia hạn", "Deadline extended"),
    (
        "task.result_submitted",
        "Báo cáo kết quả",
        "Result submitted",
    ),
    ("task.result_withdrawn", "Rút kết quả", "Result withdrawn"),
    (
        "task.result_confirmed",
        "Xác nhận hoàn thành",
        "Result confirmed",
    ),
    ("task.result_returned", "Yêu cầu bổ sung", "Result returned"),
    ("task.published", "Công bố nhiệm vụ", "Task published"),
    ("series.recorded", "Ghi số liệu", "Figure recorded"),
    ("series.withdrawn", "Rút số liệu", "Figure withdrawn"),
    ("series.published", "Công bố số liệu", "Figure published"),
    (
        "survey.received",
        "Tiếp nhận bảng trả lời khảo sát",
        "Answers to a survey received",
    ),
    (
        "survey.told",
        "Ghi nhận số liệu từ khảo sát",
        "Figure recorded from a survey",
    ),
    ("survey.withdrawn", "Rút khảo sát", "Survey withdrawn"),
    ("batch.accepted", "Nhận lô số liệu", "Batch accepted"),
    ("batch.undone", "Huỷ lô số liệu", "Batch undone"),
    ("batch.confirmed", "Xác nhận lô số liệu", "Batch confirmed"),
    ("batch.returned", "Trả lại lô số liệu", "Batch returned"),
    ("campaign.opened", "Mở mùa chỉ số", "Season opened"),
    ("campaign.request_added", "Thêm yêu cầu", "Request added"),
    (
        "campaign.request_moved",
        "Chuyển yêu cầu sang cơ quan khác",
        "Request moved",
    ),
    (
        "campaign.deadline_extended",
        "Lùi hạn mùa chỉ số",
        "Deadline of a season extended",
    ),
    (
        "campaign.request_answered",
        "Trả lời yêu cầu",
        "Request answered",
    ),
    (
        "campaign.answer_withdrawn",
        "Rút câu trả lời",
        "Answer taken back",
    ),
    (
        "campaign.answer_confirmed",
        "Xác nhận câu trả lời",
        "Answer confirmed",
    ),
    (
        "campaign.answer_returned",
        "Trả lại câu trả lời",
        "Answer returned",
    ),
    ("campaign.closed", "Đóng mùa chỉ số", "Season closed"),
    ("report.drawn_up", "Lập báo cáo", "Report drawn up"),
    ("report.frozen", "Chốt báo cáo", "Report frozen"),
    (
        "report.signed_copy_attached",
        "Đính bản đã ký",
        "Signed copy attached",
    ),
    ("account.opened", "Mở tài khoản", "Account opened"),
    ("account.role_given", "Giao vai", "Role given"),
    ("account.closed", "Khoá tài khoản", "Account closed"),
    ("account.reopened", "Mở lại tài khoản", "Account reopened"),
    ("account.password_set", "Đặt mật khẩu", "Password set"),
    (
        "account.erased",
        "Xoá người giữ tài khoản",
        "Account holder erased",
    ),
    (
        "removal.person_erased",
        "Xoá thông tin cá nhân",
        "Personal values erased",
    ),
    ("removal.facts_removed", "Gỡ bỏ nội dung", "Content removed"),
    ("removal.file_removed", "Gỡ bỏ tệp", "File removed"),
    (
        "removal.batch_removed",
        "Gỡ bỏ bản đọc",
        "Stored reading removed",
    ),
    (
        "definition.activated",
        "Kích hoạt định nghĩa",
        "Definition activated",
    ),
    (
        "definition.retired",
        "Ngừng định nghĩa",
        "Definition retired",
    ),
];

/// What a kind of job does.
pub fn job(kind: &str, lang: Lang) -> &str {
    match kind {
        crate::pages::documents::READ_JOB => lang.pick("Đọc văn bản", "Read a document"),
        crate::pages::documents::RECEIVE_JOB => {
            lang.pick("Xem tệp mới nộp", "Look at files handed in")
        }
        crate::pages::reports::DRAW_JOB => lang.pick("Lập báo cáo", "Draw up a report"),
        crate::pages::imports::CHECK_JOB => {
            lang.pick("Kiểm tra tệp số liệu", "Check a file of figures")
        }
        crate::pages::imports::ACCEPT_JOB => {
            lang.pick("Tiếp nhận tệp số liệu", "Accept a file of figures")
        }
        _ => kind,
    }
}

/// What happened, in words; the kind itself when it has none yet.
pub fn fact(kind: &str, lang: Lang) -> &str {
    FACTS
        .iter()
        .find(|(known, _, _)| *known == kind)
        .map_or(kind, |(_, vi, en)| lang.pick(vi, en))
}
