//! Refusals that several families use, with their words in one place.

use access::Refusal;

pub(crate) fn empty(field: &str) -> Refusal {
    Refusal::invalid(
        field,
        "Chưa nhập nội dung.",
        "Nothing has been entered here.",
    )
}

pub(crate) fn exists() -> Refusal {
    Refusal::conflict("Mục này đã có rồi.", "This has been recorded already.")
}

pub(crate) fn closed() -> Refusal {
    Refusal::conflict(
        "Chương trình đã kết thúc, không nhận thêm thay đổi.",
        "The programme is closed and takes no further changes.",
    )
}
