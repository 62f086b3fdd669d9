//! Passwords: what is asked of one, and how it is kept.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use journal::JournalError;
use viet::fold::fold;

use crate::FieldFault;

// Argon2id with the first of the settings that the OWASP Password Storage Cheat Sheet recommends as
// equally strong: 19 MiB of memory, two passes, one lane. More memory would let a few sign-ins at once
// exhaust the small machines that a department has.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Fewest characters. Lists of leaked passwords hold nearly all shorter ones in use, and sign-in is
/// throttled besides.
pub const MIN_CHARACTERS: usize = 10;
/// Most bytes: enough for any sentence, too few for making the server hash a file.
pub const MAX_BYTES: usize = 512;
/// Fewest different characters; `aaaaaaaaaa` and `1212121212` have fewer.
const MIN_DIFFERENT: usize = 5;
/// Letters from which on a login within a password gives it away; shorter ones are also common syllables.
const TELLING_LOGIN: usize = 4;

/// Words that Vietnamese and international passwords are made of, folded, without digits and signs. A
/// password that is nothing but these is refused.
const COMMON: &[&str] = &[
    "abc",
    "abcd",
    "abcdef",
    "admin",
    "administrator",
    "anhyeuem",
    "asdfgh",
    "asdfghjkl",
    "camon",
    "changeme",
    "chuyendoiso",
    "congan",
    "daklak",
    "dotpha",
    "emyeuanh",
    "giadinh",
    "hanoi",
    "hochiminh",
    "iloveyou",
    "khau",
    "khcn",
    "khoahoccongnghe",
    "khongbiet",
    "letmein",
    "login",
    "mat",
    "matkhau",
    "matkhaumoi",
    "ngocanh",
    "pass",
    "password",
    "qazwsx",
    "quantri",
    "quantrivien",
    "qwerty",
    "qwertyuiop",
    "saigon",
    "secret",
    "sokhcn",
    "thanhpho",
    "tinh",
    "ubnd",
    "user",
    "vietnam",
    "welcome",
    "xinchao",
    "yeuem",
    "zxcvbnm",
];

/// What is wrong with a password for a login, as faults of the field `password`; empty when nothing is.
pub fn faults(password: &str, login: &str) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    let mut fault = |vi: String, en: String| faults.push(FieldFault::new("password", vi, en));
    if password.chars().count() < MIN_CHARACTERS {
        fault(
            format!("Mật khẩu phải có ít nhất {MIN_CHARACTERS} ký tự; một câu dễ nhớ là tốt nhất."),
            format!("The password needs at least {MIN_CHARACTERS} characters; a sentence is best."),
        );
    }
    if password.len() > MAX_BYTES {
        fault(
            format!("Mật khẩu dài quá {MAX_BYTES} byte."),
            format!("The password is longer than {MAX_BYTES} bytes."),
        );
    }
    let folded = fold(password);
    let login = fold(login);
    if login.len() >= TELLING_LOGIN && folded.contains(&login) {
        fault(
            "Mật khẩu không được chứa tên đăng nhập.".into(),
            "The password must not contain the login.".into(),
        );
    } else if is_common(&folded) {
        fault(
            "Mật khẩu quá dễ đoán; hãy dùng những từ không đi liền nhau.".into(),
            "The password is too easily guessed; use words that do not belong together.".into(),
        );
    }
    faults
}

/// Few different characters, or common words with nothing but digits and signs around them.
fn is_common(folded: &str) -> bool {
    let mut different: Vec<char> = folded.chars().collect();
    different.sort_unstable();
    different.dedup();
    if different.len() < MIN_DIFFERENT {
        return true;
    }
    let words = folded.split(|c: char| !c.is_alphabetic());
    words
        .filter(|word| !word.is_empty())
        .all(|word| COMMON.contains(&word))
}

/// Hashes a password with a fresh salt, as a PHC string. Takes some 20 ms and 19 MiB: never call it on a
/// thread that serves requests.
pub(crate) fn hash(password: &str) -> Result<String, JournalError> {
    let hashed = hasher()?.hash_password(password.as_bytes());
    Ok(hashed.map_err(broken)?.to_string())
}

/// Whether a password is the one of a stored hash. Costs as much as [`hash`].
pub(crate) fn matches(password: &str, stored: &str) -> Result<bool, JournalError> {
    let parsed = PasswordHash::new(stored)
        .map_err(|e| JournalError::Invariant(format!("a stored password hash: {e}")))?;
    Ok(hasher()?
        .verify_password(password.as_bytes(), &parsed)
        .is_ok())
}

/// Whether a stored hash was made with other settings than today's.
pub(crate) fn is_outdated(stored: &str) -> bool {
    let settings = format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}$");
    !stored.starts_with(&settings)
}

fn hasher() -> Result<Argon2<'static>, JournalError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)
        .map_err(|e| JournalError::Invariant(format!("argon2: {e}")))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn broken(error: argon2::password_hash::Error) -> JournalError {
    JournalError::Invariant(format!("a password could not be hashed: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_common_passwords_are_refused() {
        for bad in [
            "",
            "ngắn quá",
            "1234567890",
            "aaaaaaaaaaaaaaa",
            "1212121212",
            "Matkhau@2026!",
            "Mật-khẩu 123456",
            "password12345",
            "VietNam_2026_vietnam",
            "lan.pham và hai số",
        ] {
            assert!(!faults(bad, "lan.pham").is_empty(), "{bad}");
        }
        let long = "ă".repeat(MAX_BYTES);
        assert!(!faults(&long, "lan").is_empty());
    }

    #[test]
    fn sentences_are_taken() {
        for good in [
            "cà phê sáng thứ bảy",
            "vietnam muôn năm 1975",
            "tr0ng-cây;gây-rừng",
            "correct horse battery",
        ] {
            assert_eq!(faults(good, "lan.pham"), vec![], "{good}");
        }
    }

    #[test]
    fn a_hash_knows_its_password_and_no_other() {
        let stored = hash("cà phê sáng thứ bảy").expect("hashes");
        assert!(!is_outdated(&stored), "{stored}");
        assert!(matches("cà phê sáng thứ bảy", &stored).expect("verifies"));
        assert!(!matches("ca phe sang thu bay", &stored).expect("verifies"));
        assert_ne!(stored, hash("cà phê sáng thứ bảy").expect("hashes"));
        assert!(is_outdated(
            "$argon2id$v=19$m=4096,t=3,p=1$c2FsdHNhbHQ$aGFzaA"
        ));
        assert!(matches("x", "no hash").is_err());
    }
}
