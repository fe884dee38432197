// What all encoders and decoders of wire formats share: writing a body, and going through a provider's own form of a message.
namespace Llm.Core

open System
open System.Text
open System.Text.Json

[<RequireQualifiedAccess>]
module internal Wire =
    /// A request's body. It is written when it is asked for: nothing may go wrong then, so an encoder checks first.
    let body (write: Utf8JsonWriter -> unit) : RequestBody =
        RequestBody.create (fun buffer ->
            use writer = new Utf8JsonWriter(buffer, Json.writerOptions)
            write writer
            writer.Flush())

    /// JSON as it is.
    let raw (json: Json) (writer: Utf8JsonWriter) : unit = writer.WriteRawValue(Json.text json, skipInputValidation = true)

    /// Any text: the writer itself would refuse a lone surrogate.
    let text (text: string) (writer: Utf8JsonWriter) : unit = raw (Json.ofString text) writer

    /// A property that is any text.
    let textProperty (name: string) (value: string) (writer: Utf8JsonWriter) : unit =
        writer.WritePropertyName name
        text value writer

    /// A property, where there is a value.
    let optional (name: string) (value: 'value option) (write: Utf8JsonWriter -> 'value -> unit) (writer: Utf8JsonWriter) : unit =
        match value with
        | Some value ->
            writer.WritePropertyName name
            write writer value
        | None -> ()

    /// An object with these members.
    let object (writer: Utf8JsonWriter) (members: unit -> unit) : unit =
        writer.WriteStartObject()
        members ()
        writer.WriteEndObject()

    /// An array with these items.
    let array (writer: Utf8JsonWriter) (items: unit -> unit) : unit =
        writer.WriteStartArray()
        items ()
        writer.WriteEndArray()

    /// Arguments of a tool call as the JSON value they are; an empty object when they are cut off or no object.
    let argumentsObject (arguments: string) : Json =
        match Dom.parse (ReadOnlyMemory(Encoding.UTF8.GetBytes arguments)) Dom.isObject with
        | Ok true -> arguments |> Json.trim |> Json.escapeLoneSurrogates |> Json.trusted
        | Ok false
        | Error _ -> Json.trusted "{}"

    /// Writes the items of a provider's own form of a message, each as it came.
    let nativeItems (native: Json) (writer: Utf8JsonWriter) : unit =
        use document = JsonDocument.Parse(Json.text native, Json.documentOptions)

        for item in document.RootElement.EnumerateArray() do
            raw (Dom.raw item) writer

    /// <c>data:image/png;base64,...</c> (RFC 2397).
    let dataUrl (mediaType: string) (data: Bytes) : string = $"data:{mediaType};base64,{Bytes.toBase64 data}"
