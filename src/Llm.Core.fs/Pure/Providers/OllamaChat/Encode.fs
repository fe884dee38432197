// Writes a request in Ollama's native chat format. What Ollama lacks becomes a warning, what it would refuse an error.
// Called by the codec.
namespace Llm.Core

open System.Text.Json

/// What one request is written for.
[<NoComparison; NoEquality>]
type internal OllamaTarget = { Dialect: OllamaDialect; Request: Request }

[<RequireQualifiedAccess>]
module internal OllamaEncode =
    /// The name of the format, in the origin of messages too.
    let api = "ollama-chat"

    /// The name of the format of a single prompt, which is read and not written.
    let generateApi = "ollama-generate"

    let private writeMessage (role: string) (content: string) (writer: Utf8JsonWriter) (members: unit -> unit) =
        Wire.object writer (fun () ->
            writer.WriteString("role", role)
            Wire.textProperty "content" content writer
            members ())

    /// Why a part of a user's message cannot be sent.
    let private refusal (target: OllamaTarget) (part: UserPart) : LlmError option =
        let refused feature alternative =
            Some(LlmError.FeatureNotSupported(feature, target.Dialect.Provider, Some target.Request.Model, Some alternative))

        match part with
        | UserPart.Audio _ -> refused "audio" "send a transcript"
        | UserPart.Document _ -> refused "document" "send its text"
        | UserPart.Image(Image.Url _) -> refused "image url" "download it and send its bytes"
        | UserPart.Image(Image.Inline _)
        | UserPart.Text _
        | UserPart.ToolOutput _ -> None

    /// Why the tools cannot be sent.
    let private toolRefusal (target: OllamaTarget) : LlmError option =
        let refused feature alternative =
            Some(LlmError.FeatureNotSupported(feature, target.Dialect.Provider, Some target.Request.Model, Some alternative))

        if not (List.isEmpty target.Request.Tools.Provided) then
            refused "web search" "give the model a tool of your own that searches"
        elif target.Request.Tools.Definitions |> List.exists (fun tool -> Option.contains true tool.Strict) then
            refused "strict tools" "leave Strict out"
        else
            None

    let private firstRefusal (target: OllamaTarget) : LlmError option =
        target.Request
        |> Request.tryPickPart (fun part -> refusal target part)
        |> Option.orElseWith (fun () -> toolRefusal target)

    /// A message has one text.
    let private joined (texts: string list) = String.concat "\n" texts

    let private writeUserParts (parts: UserPart list) (writer: Utf8JsonWriter) =
        let texts =
            parts
            |> List.choose (fun part ->
                match part with
                | UserPart.Text text -> Some text
                | _ -> None)

        let images =
            parts
            |> List.choose (fun part ->
                match part with
                | UserPart.Image(Image.Inline(_, data)) -> Some data
                | _ -> None)

        writeMessage "user" (joined texts) writer (fun () ->
            if not (List.isEmpty images) then
                writer.WritePropertyName "images"
                Wire.array writer (fun () -> images |> List.iter (fun data -> Wire.base64 data writer)))

    /// An id that we made Ollama has never seen.
    let private writeSentId (name: string) (id: string) (writer: Utf8JsonWriter) =
        match ToolCallId.sent id with
        | Some known -> Wire.textProperty name known writer
        | None -> ()

    let private writeToolOutput (output: ToolOutput) (writer: Utf8JsonWriter) =
        writeMessage "tool" output.Result writer (fun () ->
            Wire.textProperty "tool_name" output.Name writer
            writeSentId "tool_call_id" output.Id writer)

    let private writeCall (call: ToolCall) (writer: Utf8JsonWriter) =
        Wire.object writer (fun () ->
            writeSentId "id" call.Id writer
            writer.WritePropertyName "function"

            Wire.object writer (fun () ->
                Wire.textProperty "name" call.Name writer
                writer.WritePropertyName "arguments"
                Wire.raw (Wire.argumentsObject call.Arguments) writer))

    /// Whom messages go to: a model may have its own thoughts back.
    let goesTo (dialect: OllamaDialect) (model: string) : Target =
        let carries (kinship: Kinship) (part: AssistantPart) =
            match part with
            | AssistantPart.Thought _ -> dialect.ReturnsThoughts && kinship.IsSameModel
            | _ -> false

        { Target.create dialect.Provider api model with Carries = carries }

    /// A message has one thought.
    let private returnedThoughts (target: OllamaTarget) (message: AssistantMessage) : string =
        match message.Origin with
        | Some origin when
            target.Dialect.ReturnsThoughts
            && origin.Provider = target.Dialect.Provider
            && origin.Api = api
            && origin.Model = target.Request.Model
            && not (Params.encodesThoughtsAsText target.Request.Params)
            ->
            joined (Content.thoughts message.Content)
        | _ -> ""

    let private writeSpoken (target: OllamaTarget) (message: AssistantMessage) (writer: Utf8JsonWriter) =
        let spoken = Spoken.ofMessage target.Request.Params message
        let calls = Spoken.calls spoken
        let thoughts = returnedThoughts target message

        writeMessage "assistant" (joined (Spoken.texts spoken)) writer (fun () ->
            if thoughts <> "" then Wire.textProperty "thinking" thoughts writer

            if not (List.isEmpty calls) then
                writer.WritePropertyName "tool_calls"
                Wire.array writer (fun () -> calls |> List.iter (fun call -> writeCall call writer)))

    let private nativeOf (target: OllamaTarget) (message: AssistantMessage) : Json option =
        Request.nativeFor target.Dialect.Provider api target.Request message

    let private writers (target: OllamaTarget) : SpokenWriters =
        { new SpokenWriters() with
            member _.UserParts(parts, writer) = writeUserParts parts writer
            member _.ToolOutput(output, writer) = writeToolOutput output writer
            member _.Native message = nativeOf target message
            member _.AssistantParts(message, writer) = writeSpoken target message writer
        }

    let private lost (target: OllamaTarget) : Warning list =
        target.Request
        |> Spoken.warnings target.Dialect.Provider (fun message -> (nativeOf target message).IsSome) (fun message ->
            Spoken.ofMessage target.Request.Params message)

    /// The level of a model that takes levels; None where it is a matter of yes or no.
    let private levelName (level: ThinkingLevel) : string option =
        match level with
        | ThinkingLevel.None
        | ThinkingLevel.Default -> None
        | ThinkingLevel.Minimal
        | ThinkingLevel.Low -> Some "low"
        | ThinkingLevel.Medium -> Some "medium"
        | ThinkingLevel.High
        | ThinkingLevel.Max -> Some "high"

    let private writeThink (target: OllamaTarget) (thinking: Thinking) (writer: Utf8JsonWriter) =
        match levelName thinking.Level with
        | Some level when target.Dialect.TakesLevels target.Request.Model -> writer.WriteString("think", level)
        | _ -> writer.WriteBoolean("think", not thinking.Level.IsNone)

    let private writeOptions (parameters: Params) (writer: Utf8JsonWriter) =
        let number (writer: Utf8JsonWriter) (value: float) = writer.WriteNumberValue value
        let count (writer: Utf8JsonWriter) (value: int) = writer.WriteNumberValue value

        if { parameters with Thinking = None; PromptCaching = Params.none.PromptCaching } <> Params.none then
            writer.WritePropertyName "options"

            Wire.object writer (fun () ->
                Wire.optional "num_predict" parameters.MaxTokens count writer
                Wire.optional "temperature" parameters.Temperature number writer
                Wire.optional "top_p" parameters.TopP number writer
                Wire.optional "top_k" parameters.TopK count writer
                Wire.optional "seed" parameters.Seed (fun writer value -> writer.WriteNumberValue value) writer

                if not (List.isEmpty parameters.StopSequences) then
                    writer.WritePropertyName "stop"
                    Wire.array writer (fun () -> parameters.StopSequences |> List.iter (fun stop -> Wire.text stop writer)))

    /// Ollama lets no tool be demanded or forbidden: tools that must not be called are not shown.
    let private writeTools (tools: ToolRequest) (writer: Utf8JsonWriter) =
        if not (List.isEmpty tools.Definitions) && not tools.Choice.IsNone then
            writer.WritePropertyName "tools"
            Wire.array writer (fun () -> tools.Definitions |> List.iter (fun tool -> Spoken.writeTool tool writer))

    /// By what a model can be held to a format. Ollama lets it write nothing but what the format allows, so that it could call no tool.
    let private formats (request: Request) : FormatSupport =
        let enforced = if List.isEmpty request.Tools.Definitions then Support.Yes else Support.No

        { FormatSupport.full with
            StrictSchemas = enforced
            JsonObjects = enforced
            ForcedTools = Support.No
        }

    let private writeFormat (request: Request) (writer: Utf8JsonWriter) =
        match request.Format with
        | Some({ Mode = Some FormatMode.Strict } as format) ->
            writer.WritePropertyName "format"
            Wire.raw (SchemaRewrite.closed format.Schema) writer
        | Some { Mode = Some FormatMode.Json } when List.isEmpty request.Tools.Definitions -> writer.WriteString("format", "json")
        | _ -> ()

    let private encode (target: OllamaTarget) : EncodedRequest =
        {
            Path = target.Dialect.Path
            Headers = []
            Body =
                Wire.body (fun writer ->
                    Wire.object writer (fun () ->
                        Wire.textProperty "model" target.Request.Model writer
                        writer.WritePropertyName "messages"
                        Wire.array writer (fun () -> Spoken.writeMessages (writers target) target.Request.Messages writer)
                        // Ollama streams unless told not to.
                        writer.WriteBoolean("stream", target.Request.Stream)
                        target.Request.Params.Thinking |> Option.iter (fun thinking -> writeThink target thinking writer)
                        writeTools target.Request.Tools writer
                        writeFormat target.Request writer
                        writeOptions target.Request.Params writer))
            Warnings = lost target
            Format = target.Request.Format
        }

    /// A request in a dialect.
    let request (dialect: OllamaDialect) (request: Request) : Result<EncodedRequest, LlmError> =
        Request.validate request
        |> Result.bind (MediaOut.check dialect.Provider MediaOut.none)
        |> Result.bind (FormatSupport.resolve dialect.Provider (formats request))
        |> Result.bind (fun request ->
            let target = { Dialect = dialect; Request = request }

            match firstRefusal target with
            | Some error -> Error error
            | None -> Ok(encode target))
