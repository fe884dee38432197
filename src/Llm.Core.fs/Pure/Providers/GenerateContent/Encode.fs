// Writes a request as a body of generateContent. What the API lacks becomes a warning, what it would refuse an error; both are
// found before anything is written. Called by the codec.
namespace Llm.Core

open System
open System.Text.Json
open FsToolkit.ErrorHandling

[<RequireQualifiedAccess>]
module internal GenerateContentEncode =
    /// The format's name.
    let api = "generateContent"

    type private Write = Utf8JsonWriter -> unit

    let private writeText (text: string) (writer: Utf8JsonWriter) : unit =
        writer.WriteStartObject()
        Wire.textProperty "text" text writer
        writer.WriteEndObject()

    let private textPart (text: string) : Write = writeText text

    /// Base64 in the url-safe alphabet, as Google's own clients send bytes.
    let private inlineData (mediaType: string) (data: Bytes) : Write =
        fun writer ->
            Wire.object writer (fun () ->
                writer.WritePropertyName "inlineData"

                Wire.object writer (fun () ->
                    writer.WritePropertyName "data"
                    Wire.base64Url data writer
                    writer.WriteString("mimeType", mediaType)))

    let private idMember (id: string) (writer: Utf8JsonWriter) : unit =
        Wire.optional "id" (ToolCallId.sent id) (fun writer id -> writer.WriteStringValue id) writer

    let private functionCall (signature: string option) (call: ToolCall) : Write =
        fun writer ->
            Wire.object writer (fun () ->
                writer.WritePropertyName "functionCall"

                Wire.object writer (fun () ->
                    idMember call.Id writer
                    writer.WriteString("name", call.Name)
                    writer.WritePropertyName "args"
                    Wire.raw (Wire.argumentsObject call.Arguments) writer)

                Wire.optional "thoughtSignature" signature (fun writer text -> writer.WriteStringValue text) writer)

    let private functionResponse (output: ToolOutput) : Write =
        fun writer ->
            Wire.object writer (fun () ->
                writer.WritePropertyName "functionResponse"

                Wire.object writer (fun () ->
                    idMember output.Id writer
                    writer.WriteString("name", output.Name)
                    writer.WritePropertyName "response"
                    Wire.object writer (fun () -> Wire.textProperty "output" output.Result writer)))

    let private unsupported (dialect: GenerateContentDialect) (request: Request) (feature: string) =
        Error(LlmError.FeatureNotSupported(feature, dialect.Provider, Some request.Model, Some "download it first and send its bytes"))

    let private userPart (dialect: GenerateContentDialect) (request: Request) (part: UserPart) : Result<Write, LlmError> =
        match part with
        | UserPart.Text text -> Ok(textPart text)
        | UserPart.Image(Image.Inline(mediaType, data)) -> Ok(inlineData mediaType data)
        | UserPart.Image(Image.Url _) -> unsupported dialect request "image by url"
        | UserPart.Audio audio -> Ok(inlineData audio.MediaType audio.Data)
        | UserPart.Document(Document.Inline(mediaType, data)) -> Ok(inlineData mediaType data)
        | UserPart.Document(Document.Text(mediaType, text)) -> Ok(inlineData mediaType (Wire.textBytes text))
        | UserPart.Document(Document.Url _) -> unsupported dialect request "document by url"
        | UserPart.ToolOutput output -> Ok(functionResponse output)

    let private warning (dialect: GenerateContentDialect) (request: Request) (feature: string) (message: string) : Warning =
        { Provider = dialect.Provider; Model = request.Model; Feature = feature; Message = message }

    let private leftOut dialect request (feature: string) : Warning =
        warning dialect request feature $"an assistant's {feature} cannot be sent to {dialect.Provider} and was left out"

    /// A part of an assistant's message that is not sent as it came.
    let private assistantPart
        (dialect: GenerateContentDialect)
        (request: Request)
        (isOurs: bool)
        (signature: string option)
        (part: AssistantPart)
        : Write list * Warning list =
        match part with
        | AssistantPart.Text text -> [ textPart text ], []
        | AssistantPart.Thought thought when Params.encodesThoughtsAsText request.Params -> [ textPart ("**Thinking:** " + thought) ], []
        | AssistantPart.Thought _ -> [], []
        | AssistantPart.ToolCall call -> [ functionCall signature call ], []
        | AssistantPart.Image(Image.Inline(mediaType, data)) -> [ inlineData mediaType data ], []
        | AssistantPart.Image(Image.Url _) -> [], [ leftOut dialect request "image by url" ]
        | AssistantPart.Audio audio when audio.Transcript <> "" ->
            [ textPart audio.Transcript ], [ warning dialect request "audio" "an assistant's audio was sent as its transcript" ]
        | AssistantPart.Audio _ -> [], [ leftOut dialect request "audio" ]
        | AssistantPart.Other other when isOurs -> [ Wire.raw other.Json ], []
        | AssistantPart.Other other -> [], [ leftOut dialect request other.Kind ]

    /// Whom messages go to: any model of the provider understands its parts, and images are parts of a model's turn too.
    let target (dialect: GenerateContentDialect) (model: string) : Target =
        let carries (kinship: Kinship) (part: AssistantPart) =
            match part, kinship with
            | AssistantPart.Image(Image.Inline _), _ -> true
            | AssistantPart.Other _, (Kinship.SameProvider | Kinship.SameModel) -> true
            | _ -> false

        { Target.create dialect.Provider api model with Carries = carries }

    /// One signature is wanted in each message: on its first call.
    let private assistantParts (dialect: GenerateContentDialect) (request: Request) (message: AssistantMessage) =
        let isOurs = message.Origin |> Option.exists (fun origin -> origin.Provider = dialect.Provider && origin.Api = api)

        let isCall part =
            match part with
            | AssistantPart.ToolCall _ -> true
            | _ -> false

        let firstCall = message.Content |> List.tryFindIndex isCall
        let missing = dialect.MissingSignature request.Model

        message.Content
        |> List.mapi (fun position part -> assistantPart dialect request isOurs (if Some position = firstCall then missing else None) part)
        |> List.unzip
        |> fun (writes, warnings) -> List.concat writes, List.concat warnings

    let private writeContent (role: string) (parts: Write list) (writer: Utf8JsonWriter) : unit =
        Wire.object writer (fun () ->
            writer.WritePropertyName "parts"
            Wire.array writer (fun () -> parts |> List.iter (fun write -> write writer))
            writer.WriteString("role", role))

    /// Nearly all of a long conversation is this, so it is written without a closure.
    let private writePlain (role: string) (text: string) (writer: Utf8JsonWriter) : unit =
        writer.WriteStartObject()
        writer.WritePropertyName "parts"
        writer.WriteStartArray()
        writeText text writer
        writer.WriteEndArray()
        writer.WriteString("role", role)
        writer.WriteEndObject()

    let private ofUser (dialect: GenerateContentDialect) (request: Request) (user: UserMessage) =
        match user.Content with
        | [ UserPart.Text _ ] -> Ok(struct (Plain, []))
        | parts -> parts |> List.traverseResultM (userPart dialect request) |> Result.map (fun parts -> struct (Told parts, []))

    /// One without parts would be refused, so it is left out.
    let private ofAssistant (dialect: GenerateContentDialect) (request: Request) (assistant: AssistantMessage) =
        match Request.nativeFor dialect.Provider api request assistant, assistant.Content with
        | Some native, _ -> struct (Told [ Wire.nativeItems native ], [])
        | None, [ AssistantPart.Text _ ] -> struct (Plain, [])
        | None, _ ->
            match assistantParts dialect request assistant with
            | [], [] -> struct (LeftOut, [ warning dialect request "message" "an assistant's message without content was left out" ])
            | [], warnings -> struct (LeftOut, warnings)
            | parts, warnings -> struct (Told parts, warnings)

    /// What a message becomes, or why it cannot be sent.
    let private tell dialect request (message: Message) : Result<struct (Telling<Write list> * Warning list), LlmError> =
        match message with
        | Message.System _ -> Ok(struct (LeftOut, []))
        | Message.User user -> ofUser dialect request user
        | Message.Assistant assistant -> Ok(ofAssistant dialect request assistant)

    let private write (writer: Utf8JsonWriter) (message: Message) (telling: Telling<Write list>) : unit =
        let role = if message.IsAssistant then "model" else "user"

        match telling with
        | Plain -> writePlain role (Retold.plainText message) writer
        | Told parts -> writeContent role parts writer
        | LeftOut -> ()

    let private isSystem (message: Message) =
        match message with
        | Message.System _ -> true
        | _ -> false

    let private systemTexts (messages: Message list) =
        messages
        |> List.choose (fun message ->
            match message with
            | Message.System text -> Some text
            | _ -> None)

    /// The API has one place for instructions, before the conversation: later ones go there too, for the model shall heed them.
    let private systemWarnings dialect (request: Request) : Warning list =
        let reason = "takes instructions before the conversation only: a later system message was sent there"

        match request.Messages |> List.skipWhile isSystem |> systemTexts with
        | [] -> []
        | later -> later |> List.map (fun _ -> warning dialect request "system" $"{dialect.Provider} {reason}")

    let private defaultMaxTokens = 16000

    let private thinkingConfig (dialect: GenerateContentDialect) (request: Request) (thinking: Thinking) (writer: Utf8JsonWriter) : unit =
        let maxTokens = request.Params.MaxTokens |> Option.defaultValue defaultMaxTokens

        Wire.object writer (fun () ->
            if thinking.IncludeThoughts then writer.WriteBoolean("include_thoughts", true)

            match dialect.Thinking request.Model maxTokens thinking.Level with
            | ThinkingDial.Budget tokens -> writer.WriteNumber("thinking_budget", tokens)
            | ThinkingDial.Level name -> writer.WriteString("thinking_level", name))

    let private answer (answer: GeminiOutput) (writer: Utf8JsonWriter) : unit =
        let json () = writer.WriteString("responseMimeType", "application/json")

        match answer with
        | GeminiOutput.Text -> ()
        | GeminiOutput.Json -> json ()
        | GeminiOutput.Schema schema ->
            json ()
            writer.WritePropertyName "responseSchema"
            Wire.raw schema writer

    let private generationConfig dialect (request: Request) (plan: GeminiPlan) (writer: Utf8JsonWriter) : unit =
        let parameters = request.Params
        let number (writer: Utf8JsonWriter) (value: float) = writer.WriteNumberValue value
        let whole (writer: Utf8JsonWriter) (value: int) = writer.WriteNumberValue value

        Wire.object writer (fun () ->
            Wire.optional "temperature" parameters.Temperature number writer
            Wire.optional "maxOutputTokens" parameters.MaxTokens whole writer
            Wire.optional "topP" parameters.TopP number writer
            Wire.optional "topK" parameters.TopK whole writer
            Wire.optional "seed" parameters.Seed (fun writer seed -> writer.WriteNumberValue seed) writer

            if not (List.isEmpty parameters.StopSequences) then
                writer.WritePropertyName "stopSequences"
                Wire.array writer (fun () -> parameters.StopSequences |> List.iter (fun stop -> writer.WriteStringValue stop))

            if parameters.Images then
                writer.WritePropertyName "responseModalities"

                Wire.array writer (fun () ->
                    writer.WriteStringValue "TEXT"
                    writer.WriteStringValue "IMAGE")

            Wire.optional
                "thinkingConfig"
                parameters.Thinking
                (fun writer thinking -> thinkingConfig dialect request thinking writer)
                writer

            answer plan.Answer writer)

    let private declaration (writer: Utf8JsonWriter) (declared: GeminiFunction) : unit =
        Wire.object writer (fun () ->
            if declared.Description <> "" then writer.WriteString("description", declared.Description)

            writer.WriteString("name", declared.Name)
            writer.WritePropertyName "parameters"
            Wire.raw declared.Parameters writer)

    let private functionCalling (mode: string) (names: string list) (writer: Utf8JsonWriter) : unit =
        writer.WritePropertyName "toolConfig"

        Wire.object writer (fun () ->
            writer.WritePropertyName "functionCallingConfig"

            Wire.object writer (fun () ->
                writer.WriteString("mode", mode)

                if not (List.isEmpty names) then
                    writer.WritePropertyName "allowedFunctionNames"
                    Wire.array writer (fun () -> names |> List.iter (fun name -> writer.WriteStringValue name))))

    /// The caller's functions and each tool of the provider's have entries of their own.
    let private tools (plan: GeminiPlan) (writer: Utf8JsonWriter) : unit =
        if plan.SearchesWeb || not (List.isEmpty plan.Functions) then
            writer.WritePropertyName "tools"

            Wire.array writer (fun () ->
                if not (List.isEmpty plan.Functions) then
                    Wire.object writer (fun () ->
                        writer.WritePropertyName "functionDeclarations"
                        Wire.array writer (fun () -> plan.Functions |> List.iter (declaration writer)))

                if plan.SearchesWeb then
                    Wire.object writer (fun () ->
                        writer.WritePropertyName "googleSearch"
                        Wire.object writer ignore))

        match plan.Calling with
        | GeminiCalling.Unsaid -> ()
        | GeminiCalling.Never -> functionCalling "NONE" [] writer
        | GeminiCalling.Any names -> functionCalling "ANY" names writer

    let private body dialect (request: Request) (plan: GeminiPlan) (contents: Retold<Write list>) : RequestBody =
        let instructions = systemTexts request.Messages
        let isPlain = List.isEmpty plan.Functions && not plan.SearchesWeb && plan.Answer.IsText

        Wire.body (fun writer ->
            Wire.object writer (fun () ->
                writer.WritePropertyName "contents"

                Wire.array writer (fun () -> contents |> Retold.fold (fun () _ message telling -> write writer message telling) ())

                if not (List.isEmpty instructions) then
                    writer.WritePropertyName "systemInstruction"
                    writeContent "user" (List.map textPart instructions) writer

                tools plan writer

                let isDefault = Object.ReferenceEquals(request.Params, Params.none) || request.Params = Params.none

                if not (List.isEmpty instructions && isPlain && isDefault) then
                    writer.WritePropertyName "generationConfig"
                    generationConfig dialect request plan writer))

    /// <summary>The request in this format.</summary>
    let encode (dialect: GenerateContentDialect) (request: Request) : Result<EncodedRequest, LlmError> = result {
        let media = if (dialect.Model request.Model).DrawsImages then MediaOut.draws else MediaOut.none

        let! request =
            Request.validate request
            |> Result.bind (MediaOut.check dialect.Provider media)
            |> Result.bind (fun request -> GeminiTools.resolve dialect request)

        let! plan = GeminiTools.plan dialect request
        let! struct (contents, warnings) = Retold.ofMessages (tell dialect request) request.Messages

        if Retold.isEmpty contents then
            return! Error(LlmError.InvalidRequest("messages", $"{dialect.Provider} needs at least one message that is not the system's"))
        else
            return
                {
                    Path = dialect.Path request.Model request.Stream
                    Headers = []
                    Body = body dialect request plan contents
                    Warnings = systemWarnings dialect request @ warnings
                    Format = request.Format
                }
    }
