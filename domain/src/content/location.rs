//! Places.

use serde::{Deserialize, Serialize};
use serde_json::Number;

use crate::Invalid;
use crate::content::TEXT_CHARACTERS;
use crate::invalid::at_most;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Location {
    /// Name and address, or that it is a location, then a map's address; made by the server.
    #[serde(default)]
    pub text: String,
    pub coordinates: Coordinates,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Place>,
}

/// Degrees, with the digits that were sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Coordinates {
    #[cfg_attr(feature = "openapi", schema(value_type = f64))]
    pub lat: Number,
    #[cfg_attr(feature = "openapi", schema(value_type = f64))]
    pub long: Number,
}

/// What the place is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Place {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 4096))]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 4096))]
    pub address: Option<String>,
}

impl Location {
    /// A place without a name, in degrees.
    pub fn at(lat: f64, long: f64) -> Self {
        // What is not even a number is refused like a number out of range.
        let degrees = |value| Number::from_f64(value).unwrap_or_else(|| Number::from(i64::MAX));
        let coordinates = Coordinates { lat: degrees(lat), long: degrees(long) };
        Self { text: String::new(), coordinates, location: None }
    }

    /// The location with its `text`.
    /// # Errors
    /// Names the field, as seen from the content: `coordinates.lat`.
    pub fn checked(self) -> Result<Self, Invalid> {
        let Coordinates { lat, long } = &self.coordinates;
        within_degrees("coordinates.lat", lat, 90.0)?;
        within_degrees("coordinates.long", long, 180.0)?;
        let place = self.location.as_ref();
        let names = [place.and_then(|place| place.name.as_deref()), place.and_then(|place| place.address.as_deref())];
        for (field, name) in ["location.name", "location.address"].into_iter().zip(names) {
            at_most(field, name, TEXT_CHARACTERS)?;
        }
        let names: Vec<&str> = names.into_iter().flatten().filter(|name| !name.is_empty()).collect();
        let line = if names.is_empty() { "Location shared:".to_owned() } else { names.join(", ") };
        Ok(Self { text: format!("{line}\nhttps://maps.google.com/maps?q={lat},{long}"), ..self })
    }
}

fn within_degrees(field: &'static str, degrees: &Number, most: f64) -> Result<(), Invalid> {
    if degrees.as_f64().is_some_and(|degrees| degrees.abs() <= most) {
        Ok(())
    } else {
        Err(Invalid::new(field, format!("should be a number from -{most} to {most}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(json: &str) -> Result<Location, Invalid> {
        serde_json::from_str::<Location>(json).unwrap().checked()
    }

    #[test]
    fn a_location_says_where_it_is() {
        let location = checked(r#"{"coordinates":{"lat":50.0755,"long":-14}}"#).unwrap();
        assert_eq!(location.text, "Location shared:\nhttps://maps.google.com/maps?q=50.0755,-14");
        let named =
            r#"{"text":"mine","coordinates":{"lat":1,"long":2},"location":{"name":"Shop","address":"Dlouha 1"}}"#;
        assert_eq!(checked(named).unwrap().text, "Shop, Dlouha 1\nhttps://maps.google.com/maps?q=1,2");
    }

    #[test]
    fn a_location_is_on_earth() {
        for (json, field) in [
            (r#"{"coordinates":{"lat":90.1,"long":0}}"#, "coordinates.lat"),
            (r#"{"coordinates":{"lat":0,"long":-181}}"#, "coordinates.long"),
            (r#"{"coordinates":{"lat":0,"long":1e300}}"#, "coordinates.long"),
        ] {
            assert_eq!(checked(json).unwrap_err().field, field);
        }
    }
}
