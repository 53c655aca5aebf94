//! Files that the visitor chooses, pastes or drops. Each goes by itself, beside the words, and says how far it is.

use domain::{ClientMessageId, FILE_BYTES};
use js_sys::Promise;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    ClipboardEvent, DragEvent, Event, File, FileList, FormData, HtmlElement, HtmlInputElement, ProgressEvent,
    XmlHttpRequest,
};

use super::press::mark;
use super::shown::problem_text;
use super::{ATTACH_MENU, Desk};
use crate::browser::{self, document, element};
use crate::start::{Menu, Sent};
use crate::state::Upload;
use crate::{AppError, IMAGE_TYPES, json};

/// The fields of the composer that take files.
const INPUTS: &str = "input.attach-file";
/// What the field for images is called; the other is `file`.
const IMAGE: &str = "image";

/// A file in hand, for as long as its message is not on the server.
pub struct Parcel {
    client_id: ClientMessageId,
    file: File,
    part: &'static str,
    /// The try that is under way.
    request: Option<XmlHttpRequest>,
}

impl Desk {
    /// Something was chosen, pasted, or dragged over the page.
    pub(super) fn file_event(self, event: &Event) {
        match event.type_().as_str() {
            "change" => {
                let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
                if let Some(input) = input.filter(|input| input.matches(INPUTS).unwrap_or(false)) {
                    self.chosen(&input);
                }
            }
            "paste" => self.pasted(event.unchecked_ref()),
            _ => self.dragged(event.unchecked_ref()),
        }
    }

    /// Sends what was chosen before anybody listened.
    pub(super) fn find_chosen(self) {
        let Ok(inputs) = document().query_selector_all(INPUTS) else { return };
        (0..inputs.length()).filter_map(|at| inputs.get(at)).for_each(|input| self.chosen(input.unchecked_ref()));
    }

    fn chosen(self, input: &HtmlInputElement) {
        let Some(files) = input.files().filter(|files| files.length() > 0) else { return };
        self.send_files(&files, Some(input.name() == IMAGE));
        // The same file may be chosen again.
        input.set_value("");
        if let Some(menu) = element::<HtmlElement>(ATTACH_MENU) {
            _ = menu.hide_popover();
        }
        self.to_composer();
    }

    /// Words are pasted as words, even where a picture of them comes along.
    fn pasted(self, event: &ClipboardEvent) {
        let Some(data) = event.clipboard_data().filter(|_| self.takes_files()) else { return };
        let Some(files) = data.files().filter(|files| files.length() > 0) else { return };
        if data.get_data("text/plain").is_ok_and(|text| text.is_empty()) {
            event.prevent_default();
            self.send_files(&files, None);
        }
    }

    fn dragged(self, event: &DragEvent) {
        let Ok(Some(page)) = document().query_selector(".messenger") else { return };
        let dropping = |is_above: bool| mark(&page, "data-dropping", is_above.then_some(""));
        let Some(data) = event.data_transfer() else { return };
        if !data.types().includes(&JsValue::from_str("Files"), 0) {
            return;
        }
        let is_taken = self.takes_files();
        match event.type_().as_str() {
            "dragover" => {
                // Else the browser would leave the page to show the file.
                event.prevent_default();
                data.set_drop_effect(if is_taken { "copy" } else { "none" });
                dropping(is_taken);
            }
            "drop" => {
                event.prevent_default();
                dropping(false);
                if let Some(files) = data.files().filter(|_| is_taken) {
                    self.send_files(&files, None);
                    self.to_composer();
                }
            }
            // From one part of the page to another it is still above the page.
            _ if event.related_target().is_none() => dropping(false),
            _ => {}
        }
    }

    fn to_composer(self) {
        if let Some(browser) = self.browser() {
            _ = browser.composer.focus();
        }
    }

    fn menu(self) -> Menu {
        self.book.with_value(|book| book.start.menu)
    }

    fn takes_files(self) -> bool {
        let Menu { image, file, .. } = self.menu();
        (image || file) && !self.shown.with_untracked(|shown| shown.closed.is_some())
    }

    /// Sends each of `files`: as an image or not, or as what it looks like.
    fn send_files(self, files: &FileList, as_image: Option<bool>) {
        self.show(|shown| shown.problem = None);
        let menu = self.menu();
        for file in (0..files.length()).filter_map(|at| files.get(at)) {
            let kind = file.type_();
            let is_shown = IMAGE_TYPES.split(',').any(|known| known == kind);
            let is_image = as_image.unwrap_or(is_shown && menu.image);
            let size = file.size();
            #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
            let most = FILE_BYTES as f64;
            if if is_image { !is_shown } else { !menu.file } {
                self.say_problem(&AppError::FileType);
            } else if size > most {
                self.say_problem(&AppError::FileTooLarge);
            } else if size == 0.0 {
                self.say_problem(&AppError::FileInvalid);
            } else {
                self.send_file(file, if is_image { IMAGE } else { "file" });
            }
        }
    }

    fn say_problem(self, problem: &AppError) {
        self.show(|shown| shown.problem = Some(problem_text(problem, &shown.texts)));
    }

    fn send_file(self, file: File, part: &'static str) {
        let Some(browser) = self.browser() else { return };
        let client_id = browser::fresh_id();
        let upload =
            Upload { client_id: client_id.clone(), name: file.name(), at: browser::now(), percent: 0, failure: None };
        browser.parcels.borrow_mut().push(Parcel { client_id: client_id.clone(), file, part, request: None });
        self.book.update_value(|book| book.uploads.push(upload));
        self.refresh();
        browser.to_end();
        browser.connection.accepted_again();
        self.carry(client_id);
    }

    /// Tries to get the file to the server.
    fn carry(self, client_id: ClientMessageId) {
        let Some(request) = self.request_for(&client_id) else { return self.failed(&client_id, AppError::Unavailable) };
        spawn_local(async move {
            let told = client_id.clone();
            let progress = Closure::wrap(Box::new(move |event: Event| {
                let event: &ProgressEvent = event.unchecked_ref();
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 100")]
                let percent = (event.loaded() / event.total() * 100.0) as u8;
                self.change(&told, |upload| upload.percent = percent);
            }) as Box<dyn FnMut(Event)>);
            if let Ok(upload) = request.upload() {
                browser::listen(&upload, &["progress"], &progress);
            }
            let ended = JsFuture::from(Promise::new(&mut |end, _| request.set_onloadend(Some(&end))));
            if self.submit_parcel(&client_id, &request) {
                // It ends in any case, and never fails.
                _ = ended.await;
            }
            self.carried(&client_id, &request);
        });
    }

    fn request_for(self, client_id: &ClientMessageId) -> Option<XmlHttpRequest> {
        let request = XmlHttpRequest::new().ok()?;
        let who = self.who();
        let base = self.book.with_value(|book| book.start.base.clone());
        let page = [&base, "/", who.surface.path(), "/", &who.integration.to_string(), "/upload"].concat();
        let address = match (who.conversation, who.fresh) {
            (None, Some(id)) => {
                [&page, "?view=new&conversationId=", &id.to_string(), &who.query.replace('?', "&")].concat()
            }
            (Some(id), _) => [&page, "?conversationId=", &id.to_string(), &who.query.replace('?', "&")].concat(),
            (None, None) => [page, who.query].concat(),
        };
        request.open("POST", &address).ok()?;
        let browser = self.browser()?;
        let mut parcels = browser.parcels.borrow_mut();
        parcels.iter_mut().find(|parcel| parcel.client_id == *client_id)?.request = Some(request.clone());
        Some(request)
    }

    /// Whether the parcel is on its way.
    fn submit_parcel(self, client_id: &ClientMessageId, request: &XmlHttpRequest) -> bool {
        let form = || {
            let form = FormData::new().ok()?;
            form.append_with_str("client_id", client_id.as_str()).ok()?;
            form.append_with_str("visitor", &self.who().token.unwrap_or_default()).ok()?;
            form.append_with_str("text", "").ok()?;
            let browser = self.browser()?;
            let parcels = browser.parcels.borrow();
            let parcel = parcels.iter().find(|parcel| parcel.client_id == *client_id)?;
            form.append_with_blob(parcel.part, &parcel.file).ok()?;
            Some(form)
        };
        form().is_some_and(|form| request.send_with_opt_form_data(Some(&form)).is_ok())
    }

    /// A try has ended, one way or the other.
    fn carried(self, client_id: &ClientMessageId, request: &XmlHttpRequest) {
        let text = request.response_text().ok().flatten().unwrap_or_default();
        if request.status().is_ok_and(|status| status == 200)
            && let Some(sent) = json::read::<Sent>(&text)
        {
            return self.sent(client_id, sent);
        }
        match json::read(&text).unwrap_or(AppError::Unavailable) {
            // Another try with the same file would end the same way.
            error @ (AppError::FileTooLarge | AppError::FileType | AppError::FileInvalid) => {
                self.give_up(client_id);
                self.say_problem(&error);
            }
            error => self.failed(client_id, error),
        }
    }

    fn failed(self, client_id: &ClientMessageId, error: AppError) {
        self.change(client_id, |upload| upload.failure = Some(error));
    }

    /// Changes what is shown of an upload; whether there is such a one.
    fn change(self, client_id: &ClientMessageId, change: impl FnOnce(&mut Upload)) -> bool {
        let changed = self.book.try_update_value(|book| {
            let upload = book.uploads.iter_mut().find(|upload| upload.client_id == *client_id);
            upload.map(change).is_some()
        });
        self.refresh();
        changed == Some(true)
    }

    /// Tries a file once more, if this is one.
    pub(super) fn retry_upload(self, client_id: &ClientMessageId) -> bool {
        let is_upload = self.change(client_id, |upload| {
            upload.failure = None;
            upload.percent = 0;
        });
        if is_upload {
            self.to_composer();
            self.carry(client_id.clone());
        }
        is_upload
    }

    /// The visitor does not want the file to be sent any more.
    pub fn cancel_upload(self, client_id: &ClientMessageId) {
        self.give_up(client_id);
        self.to_composer();
    }

    fn give_up(self, client_id: &ClientMessageId) {
        self.forget_upload(client_id);
        self.refresh();
    }

    /// Lets go of a file, and of the try that is under way.
    pub(super) fn forget_upload(self, client_id: &ClientMessageId) {
        let Some(browser) = self.browser() else { return };
        self.book.update_value(|book| book.uploads.retain(|upload| upload.client_id != *client_id));
        let mut parcels = browser.parcels.borrow_mut();
        let Some(at) = parcels.iter().position(|parcel| parcel.client_id == *client_id) else { return };
        let parcel = parcels.swap_remove(at);
        // Its end is heard of at once.
        drop(parcels);
        _ = parcel.request.map(|request| request.abort());
    }
}
