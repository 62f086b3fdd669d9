//! Forms: what was sent, what is wrong with it, and drawing it again with nothing lost.

use access::{FieldFault, Refusal, Say};
use axum::extract::multipart::MultipartError;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{StatusCode, header};
use maud::{Markup, html};

use crate::app::App;
use crate::ctx::{Ctx, Representation, url_pairs};
use crate::failure::{Failure, stale};

/// Name of the field that carries the session's token.
pub const CSRF_FIELD: &str = "csrf";

/// The fields of a form, as typed.
#[derive(Debug, Clone, Default)]
pub struct FormValues {
    fields: Vec<(String, String)>,
    /// A program sent it: it is told what is wrong, and not given the page again.
    of_program: bool,
}

impl FormValues {
    /// Prefilled values.
    pub fn of<'a>(pairs: impl IntoIterator<Item = (&'a str, String)>) -> Self {
        FormValues {
            fields: pairs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect(),
            of_program: false,
        }
    }

    /// Did a program send it? Then it is answered without a page.
    pub fn of_program(&self) -> bool {
        self.of_program
    }

    /// A field without the white space around it; empty when it was not sent.
    pub fn get(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// A field exactly as typed; empty when it was not sent.
    pub fn raw(&self, name: &str) -> &str {
        self.fields
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value)
    }

    /// A field, or nothing when it is empty.
    pub fn given(&self, name: &str) -> Option<&str> {
        Some(self.get(name)).filter(|value| !value.is_empty())
    }

    /// All values of a field that may be sent several times (checkboxes).
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.fields
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.trim())
            .filter(|value| !value.is_empty())
    }

    /// Was a checkbox ticked, or this value of several?
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.all(name).any(|given| given == value)
    }

    /// Everything that was typed, but for the token and passwords.
    pub fn typed(&self) -> Vec<(String, String)> {
        self.fields
            .iter()
            .filter(|(key, value)| {
                key != CSRF_FIELD && !key.contains("password") && !value.trim().is_empty()
            })
            .cloned()
            .collect()
    }
}

/// A file that came with a form.
#[derive(Debug, Clone)]
pub struct Upload {
    /// Name of the field.
    pub field: String,
    /// Name the sender gave it. Hostile: for showing only.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// A form that was sent from one of our pages, in this session: the token was checked.
#[derive(Debug, Default)]
pub struct Posted {
    /// Its fields.
    pub values: FormValues,
    /// Its files.
    pub files: Vec<Upload>,
}

impl FromRequest<App> for Posted {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let ctx = request.extensions().get::<Ctx>().cloned();
        let posted = if is_multipart(&request) {
            read_multipart(request, app).await?
        } else {
            let limit = app.options.limits.upload;
            let bytes = axum::body::to_bytes(request.into_body(), limit)
                .await
                .map_err(|_| Failure::TooLarge { limit })?;
            Posted {
                values: FormValues {
                    fields: url_pairs(&bytes),
                    of_program: false,
                },
                files: Vec::new(),
            }
        };
        let ctx = ctx.ok_or_else(|| Failure::Broken("a form outside the context layer".into()))?;
        posted.checked(&ctx)
    }
}

impl Posted {
    /// The form, when it was sent from a page of this session.
    pub(crate) fn checked(mut self, ctx: &Ctx) -> Result<Self, Failure> {
        self.check_token(ctx)?;
        self.values.of_program = ctx.representation != Representation::Html;
        Ok(self)
    }

    /// Takes a part of a form in. A file field left empty is sent with an empty name.
    pub(crate) fn take(&mut self, field: String, file_name: Option<String>, bytes: Vec<u8>) {
        match file_name {
            Some(name) if name.is_empty() && bytes.is_empty() => {}
            Some(name) => self.files.push(Upload { field, name, bytes }),
            None => {
                let value = String::from_utf8_lossy(&bytes).into_owned();
                self.values.fields.push((field, value));
            }
        }
    }

    fn check_token(&self, ctx: &Ctx) -> Result<(), Failure> {
        match &ctx.csrf {
            Some(token) if token == self.values.get(CSRF_FIELD) => Ok(()),
            Some(_) => Err(Failure::Forged),
            None => Err(Failure::SessionLost(self.values.typed())),
        }
    }

    /// The file of a field, if one was chosen.
    pub fn file(&self, field: &str) -> Option<&Upload> {
        self.files.iter().find(|upload| upload.field == field)
    }
}

async fn read_multipart(request: Request, app: &App) -> Result<Posted, Failure> {
    let limit = app.options.limits.upload;
    let mut multipart = begin_multipart(request, app).await?;
    let mut posted = Posted::default();
    let unreadable = |error| unreadable(&error, limit);
    while let Some(field) = multipart.next_field().await.map_err(unreadable)? {
        let name = field.name().unwrap_or("").to_owned();
        let file_name = field.file_name().map(str::to_owned);
        let bytes = field.bytes().await.map_err(unreadable)?;
        posted.take(name, file_name, bytes.to_vec());
    }
    Ok(posted)
}

/// Whether a form was sent as one with files.
pub(crate) fn is_multipart(request: &Request) -> bool {
    let media = request.headers().get(header::CONTENT_TYPE);
    let media = media.and_then(|value| value.to_str().ok());
    media.is_some_and(|media| media.starts_with("multipart/form-data"))
}

/// Begins to read a form with files.
pub(crate) async fn begin_multipart(request: Request, app: &App) -> Result<Multipart, Failure> {
    let begun = Multipart::from_request(request, app).await;
    begun.map_err(|error| {
        Failure::bad_request(
            "Không đọc được biểu mẫu.",
            format!("The form cannot be read: {error}"),
        )
    })
}

/// Why a form is not read on.
pub(crate) fn unreadable(error: &MultipartError, limit: usize) -> Failure {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Failure::TooLarge { limit }
    } else {
        Failure::bad_request(
            "Biểu mẫu gửi lên bị cắt giữa chừng. Hãy gửi lại.",
            "The form arrived incomplete. Send it again.",
        )
    }
}

/// A form on a page: what stands in it and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct FormState {
    /// What stands in it.
    pub values: FormValues,
    /// What is wrong, by field.
    pub faults: Vec<FieldFault>,
    /// What is wrong with the whole.
    pub notice: Option<Say>,
}

impl FormState {
    /// A form with values and no faults.
    pub fn prefilled(values: FormValues) -> Self {
        FormState {
            values,
            ..Self::default()
        }
    }

    /// The form again, with what was typed and why it was refused. Refusals that are no fault of the form
    /// become a page of their own; a program is told the faults alone.
    pub fn refused(refusal: Refusal, values: FormValues) -> Result<(StatusCode, Self), Failure> {
        if values.of_program {
            return Err(refusal.into());
        }
        let (status, faults, notice) = match refusal {
            Refusal::Invalid { faults } => (StatusCode::UNPROCESSABLE_ENTITY, faults, None),
            Refusal::Conflict(say) => (StatusCode::CONFLICT, vec![], Some(say)),
            Refusal::Stale => (StatusCode::CONFLICT, vec![], Some(stale())),
            other => return Err(other.into()),
        };
        let state = FormState {
            values,
            faults,
            notice,
        };
        Ok((status, state))
    }

    /// The fault of a field.
    pub fn fault(&self, field: &str) -> Option<&FieldFault> {
        self.faults.iter().find(|fault| fault.field == field)
    }

    /// The box above a form that was refused: what is wrong, with a link to each field.
    pub fn summary(&self, ctx: &Ctx) -> Markup {
        html! {
            @if !self.faults.is_empty() || self.notice.is_some() {
                div.notice.notice-bad role="alert" {
                    @if let Some(say) = &self.notice { p { strong { (say.in_lang(ctx.lang)) } } }
                    @if !self.faults.is_empty() {
                        p { strong { (ctx.t("Chưa ghi: có ô chưa đúng.", "Not recorded: some fields are not right.")) } }
                        ul { @for fault in &self.faults {
                            li { a href=(format!("#f-{}", fault.field)) { (fault.say.in_lang(ctx.lang)) } }
                        } }
                    }
                }
            }
        }
    }

    fn frame(
        &self,
        ctx: &Ctx,
        name: &str,
        label: &str,
        hint: Option<&str>,
        control: Markup,
    ) -> Markup {
        html! {
            div.field.field-bad[self.fault(name).is_some()] {
                label for=(format!("f-{name}")) { (label) }
                @if let Some(hint) = hint { p.hint id=(format!("h-{name}")) { (hint) } }
                (control)
                @if let Some(fault) = self.fault(name) {
                    p.fault id=(format!("e-{name}")) { span aria-hidden="true" { "▲ " } (fault.say.in_lang(ctx.lang)) }
                }
            }
        }
    }

    fn described(&self, name: &str, hint: Option<&str>) -> Option<String> {
        let mut ids = Vec::new();
        if hint.is_some() {
            ids.push(format!("h-{name}"));
        }
        if self.fault(name).is_some() {
            ids.push(format!("e-{name}"));
        }
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    /// A one-line field. `kind` is the input's type: `text`, `date`, `search`, `password`.
    pub fn input(
        &self,
        ctx: &Ctx,
        kind: &str,
        name: &str,
        label: &str,
        hint: Option<&str>,
    ) -> Markup {
        // A password is never sent back to the page.
        let value = if kind == "password" {
            ""
        } else {
            self.values.get(name)
        };
        let control = html! {
            input type=(kind) id=(format!("f-{name}")) name=(name) value=(value)
                aria-describedby=[self.described(name, hint)]
                aria-invalid=[self.fault(name).map(|_| "true")];
        };
        self.frame(ctx, name, label, hint, control)
    }

    /// A field of several lines.
    pub fn text_area(
        &self,
        ctx: &Ctx,
        name: &str,
        label: &str,
        hint: Option<&str>,
        rows: u8,
    ) -> Markup {
        let control = html! {
            textarea id=(format!("f-{name}")) name=(name) rows=(rows)
                aria-describedby=[self.described(name, hint)]
                aria-invalid=[self.fault(name).map(|_| "true")] { (self.values.get(name)) }
        };
        self.frame(ctx, name, label, hint, control)
    }

    /// A choice of one among (value, label).
    pub fn select(
        &self,
        ctx: &Ctx,
        name: &str,
        label: &str,
        hint: Option<&str>,
        options: &[(String, String)],
    ) -> Markup {
        let chosen = self.values.get(name);
        let control = html! {
            select id=(format!("f-{name}")) name=(name)
                aria-describedby=[self.described(name, hint)]
                aria-invalid=[self.fault(name).map(|_| "true")] {
                @for (value, text) in options {
                    option value=(value) selected[value == chosen] { (text) }
                }
            }
        };
        self.frame(ctx, name, label, hint, control)
    }

    /// Files to choose, as many as one likes.
    pub fn files(&self, ctx: &Ctx, name: &str, label: &str, hint: Option<&str>) -> Markup {
        let control = html! {
            input type="file" multiple id=(format!("f-{name}")) name=(name)
                aria-describedby=[self.described(name, hint)]
                aria-invalid=[self.fault(name).map(|_| "true")];
        };
        self.frame(ctx, name, label, hint, control)
    }

    /// A file to choose.
    pub fn file(
        &self,
        ctx: &Ctx,
        name: &str,
        label: &str,
        hint: Option<&str>,
        accept: &str,
    ) -> Markup {
        let control = html! {
            input type="file" id=(format!("f-{name}")) name=(name) accept=(accept)
                aria-describedby=[self.described(name, hint)]
                aria-invalid=[self.fault(name).map(|_| "true")];
        };
        self.frame(ctx, name, label, hint, control)
    }
}

/// The hidden fields every form carries: the session's token and a key that makes a double click
/// harmless.
pub fn hidden(ctx: &Ctx) -> Markup {
    html! {
        input type="hidden" name=(CSRF_FIELD) value=(ctx.csrf.as_deref().unwrap_or(""));
        input type="hidden" name="key" value=(uuid::Uuid::now_v7());
    }
}
