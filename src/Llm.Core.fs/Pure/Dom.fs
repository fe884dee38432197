// Readers over System.Text.Json's documents. Called by the careful paths of the codecs; hot paths read bytes instead (FastReader.fs).
namespace Llm.Core

open System
open System.Buffers
open System.Runtime.InteropServices
open System.Text
open System.Text.Json

/// Lenient, total navigation of a parsed JSON value: what is absent, null or of another type is ValueNone or empty.
/// For events that are rare and for whole answers; the deltas of a stream are read without a document.
[<RequireQualifiedAccess>]
module internal Dom =
    /// Parses, hands the root to a function, and gives the pooled memory back. The function must not keep the element.
    let parse (utf8: ReadOnlyMemory<byte>) (read: JsonElement -> 'result) : Result<'result, string> =
        try
            use document = JsonDocument.Parse(utf8, Json.documentOptions)
            Ok(read document.RootElement)
        with
        | :? JsonException as failure -> Error failure.Message
        // A name with an escaped lone surrogate cannot be compared with another.
        | :? InvalidOperationException as failure -> Error failure.Message

    /// As <c>parse</c>, of a text, whose bytes stand in pooled memory meanwhile.
    let parseText (text: string) (read: JsonElement -> 'result) : Result<'result, string> =
        let bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount text.Length)

        try
            let count = Encoding.UTF8.GetBytes(text.AsSpan(), bytes.AsSpan())
            parse (ReadOnlyMemory(bytes, 0, count)) read
        finally
            ArrayPool<byte>.Shared.Return bytes

    /// A member's name; JsonProperty.Name would throw where an escape in it is half of a pair.
    let nameOf (property: JsonProperty) : string = Json.unescape (JsonMarshal.GetRawUtf8PropertyName property)

    let isObject (element: JsonElement) = element.ValueKind = JsonValueKind.Object

    /// The last property of that name, found by our own reading of names.
    let private search (name: string) (element: JsonElement) : JsonElement voption =
        let mutable found = ValueNone

        for item in element.EnumerateObject() do
            if nameOf item = name then found <- ValueSome item.Value

        found

    /// The property, where the element is an object that has it, null or not.
    let propertyOrNull (name: string) (element: JsonElement) : JsonElement voption =
        let mutable value = Unchecked.defaultof<JsonElement>

        if element.ValueKind <> JsonValueKind.Object then
            ValueNone
        else
            try
                if element.TryGetProperty(name, &value) then ValueSome value else ValueNone
            // TryGetProperty throws when a name that it passes by holds the escape of a lone surrogate.
            with :? InvalidOperationException ->
                search name element

    /// The property, where the element is an object that has it and it is not null.
    let property (name: string) (element: JsonElement) : JsonElement voption =
        match propertyOrNull name element with
        | ValueSome value when value.ValueKind <> JsonValueKind.Null -> ValueSome value
        | _ -> ValueNone

    /// The value at a path of property names.
    let rec path (names: string list) (element: JsonElement) : JsonElement voption =
        match names with
        | [] -> ValueSome element
        | name :: rest -> property name element |> ValueOption.bind (path rest)

    let has (name: string) (element: JsonElement) = (property name element).IsSome

    /// The text of a string element, else ValueNone.
    let asString (element: JsonElement) : string voption =
        if element.ValueKind = JsonValueKind.String then
            let raw = JsonMarshal.GetRawUtf8Value element
            ValueSome(Json.unescape (raw.Slice(1, raw.Length - 2)))
        else
            ValueNone

    let string (name: string) (element: JsonElement) : string voption = property name element |> ValueOption.bind asString

    /// Whether it is that string.
    let says (name: string) (text: string) (element: JsonElement) : bool =
        match string name element with
        | ValueSome found -> found = text
        | ValueNone -> false

    /// Whether it is a string and not empty; no string is made.
    let isFilled (name: string) (element: JsonElement) : bool =
        match property name element with
        | ValueSome value -> value.ValueKind = JsonValueKind.String && (JsonMarshal.GetRawUtf8Value value).Length > 2
        | ValueNone -> false

    /// The string, where it is not empty.
    let nonEmpty (name: string) (element: JsonElement) : string voption =
        match string name element with
        | ValueSome "" -> ValueNone
        | found -> found

    /// A string as it is, a number or boolean as its JSON text: codes come as both.
    let scalar (name: string) (element: JsonElement) : string voption =
        match property name element with
        | ValueSome value when value.ValueKind = JsonValueKind.String -> asString value
        | ValueSome value when value.ValueKind <> JsonValueKind.Object && value.ValueKind <> JsonValueKind.Array ->
            ValueSome(value.GetRawText())
        | _ -> ValueNone

    /// A count: integers, floats and numbers past Int64, which are clamped; never negative numbers' overflow.
    let asInt64 (element: JsonElement) : int64 voption =
        let mutable whole = 0L
        let mutable real = 0.0

        if element.ValueKind <> JsonValueKind.Number then
            ValueNone
        elif element.TryGetInt64 &whole then
            ValueSome whole
        elif element.TryGetDouble &real && not (Double.IsNaN real) then
            ValueSome(Int64.CreateSaturating real)
        else
            ValueNone

    let int64 (name: string) (element: JsonElement) : int64 voption = property name element |> ValueOption.bind asInt64

    let int (name: string) (element: JsonElement) : int voption = int64 name element |> ValueOption.map Int32.CreateSaturating

    let asItems (element: JsonElement) : JsonElement list =
        if element.ValueKind = JsonValueKind.Array then
            [ for item in element.EnumerateArray() -> item ]
        else
            []

    /// The items of an array property; empty for anything else.
    let items (name: string) (element: JsonElement) : JsonElement list =
        match property name element with
        | ValueSome value -> asItems value
        | ValueNone -> []

    /// The first item of an array property that is such a one.
    let inline tryItem ([<InlineIfLambda>] isSuch: JsonElement -> bool) (name: string) (element: JsonElement) : JsonElement voption =
        let mutable found = ValueNone

        match property name element with
        | ValueSome value when value.ValueKind = JsonValueKind.Array ->
            let mutable items = value.EnumerateArray()

            while found.IsNone && items.MoveNext() do
                if isSuch items.Current then found <- ValueSome items.Current
        | _ -> ()

        found

    /// The element as it came.
    let raw (element: JsonElement) : Json = Json.trusted (Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value element))

    /// The JSON text of an element.
    let rawText (element: JsonElement) : string = Json.text (raw element)
