// The wire format generateContent as a value.
namespace Llm.Core

open System

/// <summary>Gemini's wire format <c>generateContent</c>, for the Gemini API and Vertex AI.</summary>
[<RequireQualifiedAccess>]
module GenerateContent =
    let private careful
        (dialect: GenerateContentDialect)
        (state: GeminiState)
        (event: WireEvent)
        : Result<struct (Chunks * GeminiState), LlmError> =
        match GenerateContentPlain.tryRead state event with
        | ValueSome read -> Ok read
        | ValueNone ->
            match GeminiJson.parse event.Data (GenerateContentDecode.careful dialect state) with
            | Ok result -> result
            | Error message -> Error(ErrorBody.invalid dialect.Provider message event.Data)

    let private reader (dialect: GenerateContentDialect) : EventReader<GeminiState> =
        { new EventReader<GeminiState>() with
            override _.Hot(marks, state, event) = GenerateContentFast.read marks state event
            override _.Careful(state, event) = careful dialect state event
            override _.IsDone _ = false
            override _.HasCount(counter, value, state) = GeminiCounts.count counter state.Counts = value
            override _.WithCount(counter, value, state) = { state with Counts = GeminiCounts.withCount counter value state.Counts }

            override _.Used(counter, value, state) =
                GeminiCounts.withCount counter value state.Counts |> GeminiCounts.usage |> ValueOption.defaultValue Usage.zero
        }

    /// <summary>
    /// What ids begin with that the library gives to tool calls that came without one. Such an id is never sent: the API matches
    /// the outputs of those calls by name and order.
    /// </summary>
    let ownIdPrefix: string = ToolCallId.prefix

    /// https://ai.google.dev/api/tokens; Vertex AI takes the call's own members.
    let private counter (dialect: GenerateContentDialect) : TokenCounter =
        let ask (encoded: EncodedRequest) =
            let method = encoded.Path.LastIndexOf(':')
            let resource = encoded.Path.Substring(0, method)
            let body = Inquiries.bodyOf encoded

            let question =
                if dialect.CountsWrapped then
                    body
                    |> SchemaRewrite.top (SchemaRewrite.set "model" (Json.ofString resource))
                    |> Inquiries.wrap "generateContentRequest"
                else
                    Inquiries.keep [ "contents"; "systemInstruction"; "tools"; "generationConfig" ] body

            { encoded with Path = $"{resource}:countTokens" } |> Inquiries.withBody question

        {
            Encode = fun request -> GenerateContentEncode.encode dialect { request with Stream = false } |> Result.map ask
            Decode = Inquiries.count dialect.Provider "totalTokens"
        }

    /// https://ai.google.dev/api/models
    let private listing (provider: string) (path: string) : ModelListing =
        let names =
            {
                List = "models"
                Id = [ "name" ]
                IdPrefix = "models/"
                Name = [ "displayName" ]
                Created = []
                Input = [ "inputTokenLimit" ]
                Output = [ "outputTokenLimit" ]
                Next = Dom.nonEmpty "nextPageToken" >> ValueOption.toOption
            }

        Inquiries.listing provider names (fun after ->
            match after with
            | Some token -> $"{path}?pageSize=1000&pageToken={Uri.EscapeDataString token}"
            | None -> $"{path}?pageSize=1000")

    /// <summary>The codec in a vendor's dialect.</summary>
    /// <example><c>GenerateContent.codec GenerateContentDialect.standard</c></example>
    let codec (dialect: GenerateContentDialect) : Codec =
        let streamed = Memo.latest (fun model -> dialect.Path model true)
        let whole = Memo.latest (fun model -> dialect.Path model false)

        let dialect =
            { dialect with
                Model = Memo.latest dialect.Model
                Path = fun model stream -> if stream then streamed model else whole model
            }

        {
            Api = GenerateContentEncode.api
            Target = GenerateContentEncode.target dialect
            Encode = GenerateContentEncode.encode dialect
            DecodeWhole = GenerateContentDecode.whole dialect
            DecodePlain = GenerateContentDecodeWholeFast.tryRead
            Decoder = Decoder.ofReader (reader dialect) GeminiState.initial
            DecodeError = ErrorBody.ofAnswer dialect.Provider
            TokenCounter = Some(counter dialect)
            ModelListing = dialect.ModelsPath |> Option.map (listing dialect.Provider)
        }
