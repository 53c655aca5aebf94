//! A value of JSON: the browser's own in the browser, `serde_json`'s in tests elsewhere.

#[cfg(target_arch = "wasm32")]
use js_sys::{Array, JSON, Object, Reflect};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen::JsValue;

#[cfg(target_arch = "wasm32")]
pub struct Json(pub JsValue);

#[cfg(target_arch = "wasm32")]
impl Json {
    pub const NULL: Self = Self(JsValue::NULL);

    /// `None` when `text` is no JSON.
    pub fn parse(text: &str) -> Option<Self> {
        JSON::parse(text).ok().map(Self)
    }

    pub fn text(&self) -> String {
        JSON::stringify(&self.0).map(String::from).unwrap_or_default()
    }

    /// Of an object; nothing where there is no such field, and in what is no object.
    #[inline(never)]
    pub fn field(&self, name: &str) -> Self {
        Self(Reflect::get(&self.0, &JsValue::from_str(name)).unwrap_or(JsValue::NULL))
    }

    pub fn is_null(&self) -> bool {
        self.0.is_null() || self.0.is_undefined()
    }

    pub fn string(&self) -> Option<String> {
        self.0.as_string()
    }

    pub fn number(&self) -> Option<f64> {
        self.0.as_f64()
    }

    pub fn is_true(&self) -> bool {
        self.0.is_truthy()
    }

    pub fn list(&self) -> Option<Vec<Self>> {
        Array::is_array(&self.0).then(|| Array::from(&self.0).iter().map(Self).collect())
    }

    /// Its fields in the order given.
    #[inline(never)]
    pub fn object(fields: &[(&str, Self)]) -> Self {
        let object = Object::new();
        for (name, value) in fields {
            // A new object takes every field.
            _ = Reflect::set(&object, &JsValue::from_str(name), &value.0);
        }
        Self(object.into())
    }

    pub fn array(items: impl Iterator<Item = Self>) -> Self {
        let array = Array::new();
        items.for_each(|item| _ = array.push(&item.0));
        Self(array.into())
    }
}

#[cfg(target_arch = "wasm32")]
impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self(JsValue::from_str(text))
    }
}

#[cfg(target_arch = "wasm32")]
impl From<f64> for Json {
    fn from(number: f64) -> Self {
        Self(JsValue::from_f64(number))
    }
}

#[cfg(target_arch = "wasm32")]
impl From<bool> for Json {
    fn from(flag: bool) -> Self {
        Self(JsValue::from_bool(flag))
    }
}

#[cfg(not(target_arch = "wasm32"))]
pub struct Json(serde_json::Value);

#[cfg(not(target_arch = "wasm32"))]
impl Json {
    pub const NULL: Self = Self(serde_json::Value::Null);

    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().map(Self)
    }

    pub fn text(&self) -> String {
        self.0.to_string()
    }

    pub fn field(&self, name: &str) -> Self {
        Self(self.0.get(name).cloned().unwrap_or_default())
    }

    pub fn is_null(&self) -> bool {
        self.0.is_null()
    }

    pub fn string(&self) -> Option<String> {
        self.0.as_str().map(str::to_owned)
    }

    pub fn number(&self) -> Option<f64> {
        self.0.as_f64()
    }

    pub fn is_true(&self) -> bool {
        self.0 == true
    }

    pub fn list(&self) -> Option<Vec<Self>> {
        self.0.as_array().map(|items| items.iter().cloned().map(Self).collect())
    }

    pub fn object(fields: &[(&str, Self)]) -> Self {
        Self(fields.iter().map(|(name, value)| ((*name).to_owned(), value.0.clone())).collect())
    }

    pub fn array(items: impl Iterator<Item = Self>) -> Self {
        Self(items.map(|item| item.0).collect())
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl From<f64> for Json {
    fn from(number: f64) -> Self {
        Self(number.into())
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl From<bool> for Json {
    fn from(flag: bool) -> Self {
        Self(flag.into())
    }
}
