// Coders of the types that are single JSON values: numbers, text, times and what is written as text.
// What models write loosely but unmistakably is read too: "3" for a number, 3.0 for a whole one, a number for text.
namespace Llm.Core

open System
open System.Globalization
open System.Numerics
open System.Text.Json
open System.Xml

[<RequireQualifiedAccess>]
module internal Scalars =
    let private invariant = CultureInfo.InvariantCulture

    /// The text of a string or a number.
    let private loose (element: JsonElement) : string voption =
        match element.ValueKind with
        | JsonValueKind.String -> Dom.asString element |> ValueOption.map _.Trim()
        | JsonValueKind.Number -> ValueSome(element.GetRawText())
        | _ -> ValueNone

    let private note (text: string) (schema: Schema) : Schema = Schema.Described(schema, text)

    let private plainText = Schema.Text(None, None)

    let private formatted (format: string) = Schema.Text(Some format, None)

    let private tryDecimal (text: string) : decimal voption =
        match Decimal.TryParse(text, NumberStyles.Float, invariant) with
        | true, value -> ValueSome value
        | _ -> ValueNone

    /// Past decimal's range, and exact; a hostile exponent is not written out.
    let private tryWhole (text: string) : BigInteger voption =
        match tryDecimal text, BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, invariant) with
        | _, (true, value) -> ValueSome value
        | ValueSome value, _ when Decimal.Truncate value = value -> ValueSome(BigInteger value)
        | _ -> ValueNone

    let private integer<'number when 'number :> IBinaryInteger<'number> and 'number :> IMinMaxValue<'number>> () : Type * Coder =
        let least = BigInteger.CreateChecked 'number.MinValue
        let most = BigInteger.CreateChecked 'number.MaxValue
        let fits (value: BigInteger) = if value >= least && value <= most then ValueSome('number.CreateChecked value) else ValueNone
        let read = loose >> ValueOption.bind tryWhole >> ValueOption.bind fits

        typeof<'number>,
        Coder.scalar Schema.Integer $"a whole number between {least} and {most}" read (fun value -> value.ToString(null, invariant))

    let private big: Type * Coder =
        typeof<BigInteger>,
        Coder.scalar Schema.Integer "a whole number" (loose >> ValueOption.bind tryWhole) (fun value -> value.ToString invariant)

    /// JSON has no words for what is no finite number, so they are strings.
    let private real<'number when 'number :> IFloatingPointIeee754<'number>> () : Type * Coder =
        let special = [ "NaN", 'number.NaN; "Infinity", 'number.PositiveInfinity; "-Infinity", 'number.NegativeInfinity ]

        let read (element: JsonElement) =
            loose element
            |> ValueOption.bind (fun text ->
                match List.tryFind (fun (word, _) -> word = text) special, 'number.TryParse(text, NumberStyles.Float, invariant) with
                | Some(_, value), _ -> ValueSome value
                | None, (true, value) when 'number.IsFinite value -> ValueSome value
                | _ -> ValueNone)

        let write (value: 'number) =
            if 'number.IsFinite value then value.ToString(null, invariant)
            elif 'number.IsNaN value then "\"NaN\""
            elif 'number.IsNegative value then "\"-Infinity\""
            else "\"Infinity\""

        typeof<'number>, Coder.scalar Schema.Number "a number" read write

    let private exact: Type * Coder =
        typeof<decimal>,
        Coder.scalar Schema.Number "a number" (loose >> ValueOption.bind tryDecimal) (fun value -> value.ToString invariant)

    let private truth: Type * Coder =
        let read (element: JsonElement) =
            match element.ValueKind, Dom.asString element with
            | JsonValueKind.True, _ -> ValueSome true
            | JsonValueKind.False, _ -> ValueSome false
            | _, ValueSome word ->
                match Boolean.TryParse word with
                | true, value -> ValueSome value
                | _ -> ValueNone
            | _ -> ValueNone

        typeof<bool>, Coder.scalar Schema.Boolean "true or false" read (fun value -> if value then "true" else "false")

    let private text: Type * Coder =
        let read (element: JsonElement) = if element.ValueKind = JsonValueKind.String then Dom.asString element else loose element

        let write (value: string) = if isNull value then "null" else Json.quote value
        let coder = Coder.scalar plainText "text" read write

        let partial (partial: PartialJson) =
            match partial with
            | PartialJson.Text(text, _) -> ValueSome(box text)
            | partial -> coder.Partial partial

        typeof<string>, { coder with Partial = partial }

    /// What is written as text: how it is read, and how written.
    let private worded (schema: Schema) (what: string) (read: string -> 'value voption) (write: 'value -> string) : Type * Coder =
        typeof<'value>, Coder.scalar schema what (Dom.asString >> ValueOption.bind read) (write >> Json.quote)

    let private parsed (tried: bool * 'value) : 'value voption =
        match tried with
        | true, value -> ValueSome value
        | _ -> ValueNone

    let private character =
        let read (text: string) = if text.Length = 1 then ValueSome text[0] else ValueNone
        worded (Schema.Text(None, Some "^[\\s\\S]$")) "one character" read string

    let private startsWithDate (text: string) = text.Length >= 10 && text[4] = '-' && text[7] = '-'

    /// Always universal, so that no value depends on where it is read.
    let private dateTime =
        let style = DateTimeStyles.AdjustToUniversal ||| DateTimeStyles.AssumeUniversal
        let read (text: string) = if startsWithDate text then parsed (DateTime.TryParse(text, invariant, style)) else ValueNone

        let write (value: DateTime) =
            match value.Kind with
            | DateTimeKind.Local -> value.ToUniversalTime().ToString("O", invariant)
            | _ -> DateTime.SpecifyKind(value, DateTimeKind.Utc).ToString("O", invariant)

        worded (formatted "date-time") "a date and time as in 2026-01-31T12:00:00Z" read write

    let private dateTimeOffset =
        let read (text: string) =
            if startsWithDate text then
                parsed (DateTimeOffset.TryParse(text, invariant, DateTimeStyles.AssumeUniversal))
            else
                ValueNone

        worded (formatted "date-time") "a date and time as in 2026-01-31T12:00:00Z" read (fun value -> value.ToString("O", invariant))

    let private date =
        let read (text: string) = parsed (DateOnly.TryParseExact(text, "yyyy-MM-dd", invariant, DateTimeStyles.None))
        worded (formatted "date") "a date as in 2026-01-31" read (fun value -> value.ToString("yyyy-MM-dd", invariant))

    let private time =
        let pattern = "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,7})?)?$"
        let read (text: string) = parsed (TimeOnly.TryParse(text, invariant, DateTimeStyles.None))
        worded (Schema.Text(None, Some pattern)) "a time as in 12:30:00" read (fun value -> value.ToString("O", invariant))

    let private duration =
        let weeks (text: string) =
            match text.StartsWith 'P' && text.EndsWith 'W', Int32.TryParse(text.Trim('P', 'W'), NumberStyles.None, invariant) with
            | true, (true, count) when count < 1_000_000 -> ValueSome(TimeSpan.FromDays(7 * count))
            | _ -> ValueNone

        let iso (text: string) =
            try
                ValueSome(XmlConvert.ToTimeSpan text)
            with
            | :? FormatException
            | :? OverflowException -> ValueNone

        let read (text: string) =
            weeks text
            |> ValueOption.orElseWith (fun () -> if text.Contains 'P' then iso text else parsed (TimeSpan.TryParse(text, invariant)))

        worded (formatted "duration") "a duration as in PT1H30M" read XmlConvert.ToString

    let private uri =
        let read (text: string) = parsed (Uri.TryCreate(text, UriKind.RelativeOrAbsolute))
        // No format: OpenAI's strict mode refuses "uri".
        worded (plainText |> note "A URI.") "a URI" read (fun (value: Uri) -> value.OriginalString)

    let private base64Text = plainText |> note "Base64."

    let private bytes =
        worded base64Text "base64" (Bytes.tryOfBase64 >> ValueOption.ofOption >> ValueOption.map Bytes.toArray) Convert.ToBase64String

    let private ourBytes = worded base64Text "base64" (Bytes.tryOfBase64 >> ValueOption.ofOption) Bytes.toBase64

    let private guid = worded (formatted "uuid") "a UUID" (fun (text: string) -> parsed (Guid.TryParse text)) string

    let private raw = typeof<Json>, Coder.scalar Schema.Any "JSON" (Dom.raw >> ValueSome) Json.text

    let private writeElement (element: JsonElement) = if element.ValueKind = JsonValueKind.Undefined then "null" else Dom.rawText element

    let private element =
        typeof<JsonElement>, Coder.scalar Schema.Any "JSON" (fun element -> ValueSome(element.Clone())) writeElement

    /// Nothing to say: an object without properties.
    let private nothing: Type * Coder =
        typeof<unit>,
        {
            Schema = Schema.Object []
            Absent = ValueNone
            Decode = fun _ -> Ok(box ())
            Partial = fun _ -> ValueSome(box ())
            Encode = fun builder _ -> builder.Append "{}" |> ignore
        }

    let private all: Collections.Generic.IDictionary<Type, Coder> =
        dict
            [
                integer<byte>()
                integer<sbyte>()
                integer<int16>()
                integer<uint16>()
                integer<int>()
                integer<uint32>()
                integer<int64>()
                integer<uint64>()
                big
                real<float>()
                real<float32>()
                exact
                truth
                text
                character
                guid
                dateTime
                dateTimeOffset
                date
                time
                duration
                uri
                bytes
                ourBytes
                raw
                element
                nothing
            ]

    let tryFind (kind: Type) : Coder voption =
        match all.TryGetValue kind with
        | true, coder -> ValueSome coder
        | _ -> ValueNone
