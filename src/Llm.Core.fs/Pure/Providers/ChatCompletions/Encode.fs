// Writes a request in the chat completions format: parameters here, messages in EncodeMessages, tools and format in EncodeTools. What a vendor lacks becomes a warning,
// what it would refuse an error.
namespace Llm.Core

open System
open System.Globalization
open System.Text.Json
open FsToolkit.ErrorHandling

[<RequireQualifiedAccess>]
module internal ChatEncode =
    /// The name of the format.
    let api = ChatMessages.api

    let private notSupported (target: ChatTarget) feature alternative =
        Some(LlmError.FeatureNotSupported(feature, target.Dialect.Provider, Some target.Request.Model, Some alternative))

    /// Why a part of a user's message cannot be sent.
    let private refusal (target: ChatTarget) (part: UserPart) : LlmError option =
        match part, target.Dialect.Documents with
        | UserPart.Audio audio, _ when not (List.contains audio.MediaType target.Model.AudioTypes) ->
            if List.isEmpty target.Model.AudioTypes then
                notSupported target "audio" "take a model that hears audio, or send a transcript"
            else
                let known = String.concat ", " target.Model.AudioTypes
                notSupported target audio.MediaType $"send one of {known}"
        | UserPart.Image _, _ when not target.Model.Sees -> notSupported target "image" "take a model that sees, or say what it shows"
        | UserPart.Image(Image.Inline(mediaType, _)), _ when List.contains mediaType target.Model.RefusedImages ->
            notSupported target $"images of type {mediaType}" "convert the image to JPEG, PNG, GIF or WebP"
        | UserPart.Document _, DocumentForm.Refused -> notSupported target "document" "send its text"
        | UserPart.Document(Document.Url _), DocumentForm.File -> notSupported target "document url" "download it and send its bytes"
        | _ -> None

    let private firstRefusal (target: ChatTarget) : LlmError option =
        let inMessages = target.Request |> Request.tryPickPart (fun part -> refusal target part)

        match inMessages, target.Request.Tools with
        | None, { Definitions = _ :: _ } when not target.Model.CallsTools ->
            notSupported target "tools" "say in the prompt what they would, or ask another provider's model"
        | None, { Provided = ProviderTool.WebSearch :: _ } ->
            notSupported target "web search" "take a model that searches by the Responses format, or give it a tool of your own"
        | _ -> inMessages

    /// A parameter on its way into the body.
    [<RequireQualifiedAccess; NoComparison; NoEquality>]
    type private Member =
        | Written of name: string * write: (Utf8JsonWriter -> unit)
        | Skipped of parameter: string * value: string

    let private invariant (value: float) = value.ToString("R", CultureInfo.InvariantCulture)

    /// Inlined, for most parameters are not given, and then nothing is made of it.
    let inline private parameter
        (name: string)
        (sent: string option)
        (value: 'value option)
        ([<InlineIfLambda>] show: 'value -> string)
        ([<InlineIfLambda>] write: Utf8JsonWriter -> 'value -> unit)
        : Member list =
        match value, sent with
        | None, _ -> []
        | Some value, Some wireName -> [ Member.Written(wireName, fun writer -> write writer value) ]
        | Some value, None -> [ Member.Skipped(name, show value) ]

    let private levelName (level: ThinkingLevel) = (string level).ToLowerInvariant()

    let private thinkingMembers (target: ChatTarget) (thinking: Thinking) : Member list =
        match target.Model.Thinking thinking with
        | ThinkingRequest.Members members -> members |> List.map (fun (name, json) -> Member.Written(name, Wire.raw json))
        | ThinkingRequest.Refused -> [ Member.Skipped("thinking", levelName thinking.Level) ]

    /// What the answer may be beside text.
    let private mediaMembers (parameters: Params) : Member list =
        let modalities words = Member.Written("modalities", Wire.raw (Json.trusted words))

        [
            match parameters.Speech with
            | Some speech ->
                modalities "[\"text\",\"audio\"]"

                Member.Written(
                    "audio",
                    fun writer ->
                        Wire.object writer (fun () ->
                            Wire.textProperty "voice" speech.Voice writer
                            writer.WriteString("format", AudioFormat.name speech.Format))
                )
            | None when parameters.Images -> modalities "[\"image\",\"text\"]"
            | None -> ()
        ]

    let private settings (target: ChatTarget) (parameters: Params) : Member list =
        let dialect = target.Dialect
        let sampling name = if target.Model.Sampling then Some name else None
        let inline number (writer: Utf8JsonWriter) (value: float) = writer.WriteNumberValue value
        let inline count (writer: Utf8JsonWriter) (value: int) = writer.WriteNumberValue value
        let inline long (writer: Utf8JsonWriter) (value: int64) = writer.WriteNumberValue value

        let texts (writer: Utf8JsonWriter) (values: string list) =
            Wire.array writer (fun () ->
                for value in values do
                    Wire.text value writer)

        let stops = if List.isEmpty parameters.StopSequences then None else Some parameters.StopSequences
        let quoted (values: string list) = values |> List.map Json.quote |> String.concat ", "

        [
            yield! parameter "max_tokens" (Some target.Model.MaxTokensName) parameters.MaxTokens string count
            yield! parameter "temperature" (sampling "temperature") parameters.Temperature invariant number
            yield! parameter "top_p" (sampling "top_p") parameters.TopP invariant number
            yield! parameter "top_k" dialect.TopKName parameters.TopK string count
            yield! parameter "seed" dialect.SeedName parameters.Seed string long
            yield! parameter "stop_sequences" (sampling "stop") stops (fun values -> $"[{quoted values}]") texts
            yield! mediaMembers parameters
            yield! parameters.Thinking |> Option.map (thinkingMembers target) |> Option.defaultValue []
        ]

    /// What the parameters come to; mostly all is left to the provider. By reference: to compare records, FSharp.Core would be started.
    let private members (target: ChatTarget) : Member list =
        let parameters = target.Request.Params
        if Object.ReferenceEquals(parameters, Params.none) then [] else settings target parameters

    let private writeStream (target: ChatTarget) (writer: Utf8JsonWriter) =
        if target.Request.Stream then
            writer.WriteBoolean("stream", true)

            if target.Dialect.StreamUsage then
                writer.WritePropertyName "stream_options"
                Wire.object writer (fun () -> writer.WriteBoolean("include_usage", true))

    let private skippedIn (target: ChatTarget) (item: Member) : Warning option =
        match item with
        | Member.Skipped(parameter, value) -> Some(Warning.skipped target.Dialect.Provider target.Request.Model parameter value)
        | Member.Written _ -> None

    let private encode (target: ChatTarget) : EncodedRequest =
        let members = members target

        let body =
            Wire.body (fun writer ->
                Wire.object writer (fun () ->
                    writer.WritePropertyName "model"
                    Wire.text target.Request.Model writer
                    writer.WritePropertyName "messages"
                    Wire.array writer (fun () -> ChatMessages.write target writer)

                    for item in members do
                        match item with
                        | Member.Written(name, write) ->
                            writer.WritePropertyName name
                            write writer
                        | Member.Skipped _ -> ()

                    ChatTools.write target writer
                    writeStream target writer))

        let skipped = if members.IsEmpty then [] else List.choose (skippedIn target) members

        {
            Path = target.Dialect.Path target.Request.Model
            Headers = []
            Body = body
            Warnings = skipped @ ChatMessages.warnings target
            Format = target.Request.Format
        }

    /// A request in a dialect.
    let request (dialect: ChatDialect) (request: Request) : Result<EncodedRequest, LlmError> = result {
        let model = dialect.Model request.Model
        let speech = if model.Speaks then MediaOut.speaks else MediaOut.none
        let! valid = Request.validate request
        let! answerable = MediaOut.check dialect.Provider (MediaOut.drawing model.Draws speech) valid
        let! resolved = FormatSupport.resolve dialect.Provider model.Formats answerable
        let target = { Dialect = dialect; Model = model; Request = resolved }

        match firstRefusal target with
        | Some error -> return! Error error
        | None -> return encode target
    }
