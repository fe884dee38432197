// How a decoded exchange is written: one line of JSON. Names of kinds and outcomes stand here and nowhere else.
module Llm.Recordings.Lines

open System.IO
open System.Text
open System.Text.Encodings.Web
open System.Text.Json
open Llm.Core
open Llm.Recordings.Outcomes

/// The name of an outcome.
let outcome (outcome: Outcome) : string =
    match outcome with
    | Outcome.Complete -> "complete"
    | Outcome.Truncated -> "truncated"
    | Outcome.Failed -> "failed"
    | Outcome.Error -> "error"
    | Outcome.Unsupported -> "unsupported"

/// The name of an error's kind.
let errorKind (error: LlmError) : string =
    match error with
    | LlmError.Authentication _ -> "authentication"
    | LlmError.Permission _ -> "permission"
    | LlmError.BadRequest _ -> "bad_request"
    | LlmError.NotFound _ -> "not_found"
    | LlmError.RateLimit _ -> "rate_limit"
    | LlmError.Server _ -> "server"
    | LlmError.Connection _ -> "connection"
    | LlmError.Timeout _ -> "timeout"
    | LlmError.InvalidResponse _ -> "invalid_response"
    | LlmError.ContentFilter _ -> "content_filter"
    | LlmError.ContextLength _ -> "context_length"
    | LlmError.Api _
    | LlmError.Truncated _
    | LlmError.Cancelled _
    | LlmError.ResponseTooLarge _
    | LlmError.InvalidRequest _
    | LlmError.FeatureNotSupported _
    | LlmError.MissingApiKey _
    | LlmError.MissingSetting _
    | LlmError.CredentialsUnavailable _
    | LlmError.UnknownProvider _
    | LlmError.InvalidJson _
    | LlmError.Unparsable _
    | LlmError.BudgetExceeded _ -> "other"

/// What an image is called on the wire.
let private imageKind (codec: Codec option) : string =
    match codec |> Option.map _.Api with
    | Some "generateContent" -> "inlineData"
    | Some "responses" -> "image_generation_call"
    | Some "converse" -> "image"
    | _ -> "image_url"

/// A string as it is: halves of surrogate pairs are escaped, where the writer would replace them.
let private writeString (writer: Utf8JsonWriter) (name: string) (value: string) =
    writer.WritePropertyName name
    writer.WriteRawValue(Json.quote value, skipInputValidation = true)

let private writeOption (writer: Utf8JsonWriter) (name: string) (value: string option) =
    match value with
    | Some value -> writeString writer name value
    | None -> writer.WriteNull name

let private writePart (codec: Codec option) (writer: Utf8JsonWriter) (part: AssistantPart) =
    let fields =
        match part with
        | AssistantPart.Text text -> [ "type", "text"; "text", text ]
        | AssistantPart.Thought thought -> [ "type", "thought"; "thought", thought ]
        | AssistantPart.ToolCall call -> [ "type", "tool_call"; "id", call.Id; "name", call.Name; "args", call.Arguments ]
        | AssistantPart.Audio audio -> [ "type", "audio"; "transcript", audio.Transcript ]
        | AssistantPart.Image _ -> [ "type", "other"; "kind", imageKind codec ]
        | AssistantPart.Other other -> [ "type", "other"; "kind", other.Kind ]

    writer.WriteStartObject()

    for name, value in fields do
        writeString writer name value

    match part with
    | AssistantPart.Audio audio -> writer.WriteNumber("bytes", audio.Data.Length)
    | _ -> ()

    writer.WriteEndObject()

let private writeUsage (writer: Utf8JsonWriter) (usage: Usage option) =
    match usage with
    | None -> writer.WriteNull "usage"
    | Some usage ->
        writer.WriteStartObject "usage"
        writer.WriteNumber("input_tokens", usage.InputTokens)
        writer.WriteNumber("output_tokens", usage.OutputTokens)
        writer.WriteNumber("cache_read_tokens", usage.CacheReadTokens)
        writer.WriteNumber("cache_write_tokens", usage.CacheWriteTokens)
        writer.WriteNumber("reasoning_tokens", usage.ReasoningTokens)
        writer.WriteEndObject()

let private writeError (writer: Utf8JsonWriter) (error: LlmError option) =
    match error with
    | None -> writer.WriteNull "error"
    | Some error ->
        let words = LlmError.apiError error
        writer.WriteStartObject "error"
        writeString writer "kind" (errorKind error)

        match words |> Option.bind _.Status with
        | Some status -> writer.WriteNumber("status", status)
        | None -> writer.WriteNull "status"

        writeOption writer "code" (words |> Option.bind _.Code)
        writeString writer "message" (words |> Option.map _.Message |> Option.defaultWith (fun () -> LlmError.render error))
        writer.WriteEndObject()

let private writeLine (writer: Utf8JsonWriter) (decoded: Decoded) =
    let exchange = decoded.Exchange
    writer.WriteStartObject()
    writeString writer "id" exchange.Id
    writer.WriteNumber("exchange", exchange.Index)
    writeString writer "provider" exchange.Provider
    writeString writer "api" exchange.Api
    writer.WriteBoolean("stream", decoded.Stream)
    writeString writer "outcome" (outcome decoded.Outcome)
    writeOption writer "finish_reason" (decoded.Reply |> Option.bind _.FinishReason |> Option.map FinishReason.name)
    writer.WriteStartArray "parts"
    decoded.Reply |> Option.iter (fun reply -> reply.Content |> List.iter (writePart decoded.Codec writer))
    writer.WriteEndArray()
    writeUsage writer (decoded.Reply |> Option.bind _.Usage)
    writeError writer decoded.Error
    writer.WriteNumber("chunks", decoded.Chunks)
    writeOption writer "laws" decoded.Laws
    writer.WriteEndObject()

/// The line of an exchange.
let ofDecoded (decoded: Decoded) : string =
    use stream = new MemoryStream()

    do
        use writer = new Utf8JsonWriter(stream, JsonWriterOptions(Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping))
        writeLine writer decoded

    Encoding.UTF8.GetString(stream.ToArray())
