// Anthropic's messages format as a codec: https://docs.anthropic.com/en/api/messages. Encoder and decoder stand beside it.
namespace Llm.Core

open System

/// <summary>The messages format of Anthropic, which Claude speaks on Vertex AI and Bedrock too.</summary>
[<RequireQualifiedAccess>]
module AnthropicMessages =
    let private newFramer (dialect: AnthropicDialect) : Framer =
        if dialect.StreamsInFrames then
            new EventStreamFramer(dialect.Provider, FramePayload.Base64Bytes)
        else
            new TextFramer()

    /// Events that the hot path does not know: mostly those that frame a text, and the first delta of a part.
    let private careful (state: AnthropicState) (event: WireEvent) : Result<struct (Chunks * AnthropicState), LlmError> =
        match AnthropicDecodePlain.tryRead state event with
        | ValueSome read -> Ok read
        | ValueNone ->
            match AnthropicDeltas.tryBegin state event with
            | ValueSome read -> Ok read
            | ValueNone -> AnthropicDecode.careful state event

    let private reader (dialect: AnthropicDialect) : EventReader<AnthropicState> =
        { new EventReader<AnthropicState>() with
            override reader.Hot(marks, state, event) = reader.Still(state, AnthropicDeltas.read marks state event)
            override _.Careful(state, event) = careful state event
            override _.IsDone state = state.IsDone
            override _.NewFramer() = newFramer dialect
        }

    /// What is counted; of the rest an answer is made.
    let private counted =
        [
            "anthropic_version"
            "anthropic_beta"
            "model"
            "messages"
            "system"
            "tools"
            "tool_choice"
            "thinking"
            "output_format"
        ]

    /// https://docs.anthropic.com/en/api/messages-count-tokens, Vertex AI's page on counting Claude's tokens, Bedrock's CountTokens.
    let private counter (dialect: AnthropicDialect) (count: AnthropicCount) : TokenCounter =
        let ask (request: Request) (encoded: EncodedRequest) =
            let body = Inquiries.bodyOf encoded

            match count with
            | AnthropicCount.Beside ->
                { encoded with
                    Path = encoded.Path.Replace("/messages", "/messages/count_tokens", StringComparison.Ordinal)
                }
                |> Inquiries.withBody (Inquiries.keep counted body)
            | AnthropicCount.At path ->
                let named = body |> SchemaRewrite.top (SchemaRewrite.set "model" (Json.ofString request.Model))
                { encoded with Path = path } |> Inquiries.withBody (Inquiries.keep counted named)
            | AnthropicCount.Invocation ->
                let base64 = Convert.ToBase64String(Text.Encoding.UTF8.GetBytes(Json.text body))
                let question = Json.ofString base64 |> Inquiries.wrap "body" |> Inquiries.wrap "invokeModel" |> Inquiries.wrap "input"
                let model = Inquiries.withoutRegion request.Model
                { encoded with Path = $"model/{Uri.EscapeDataString model}/count-tokens" } |> Inquiries.withBody question

        let name =
            match count with
            | AnthropicCount.Invocation -> "inputTokens"
            | AnthropicCount.Beside
            | AnthropicCount.At _ -> "input_tokens"

        {
            Encode = fun request -> AnthropicEncode.request dialect { request with Stream = false } |> Result.map (ask request)
            Decode = Inquiries.count dialect.Provider name
        }

    /// https://docs.anthropic.com/en/api/models-list: the last model of a page asks for the next.
    let private listing (dialect: AnthropicDialect) (path: string) : ModelListing =
        let hasMore root = Dom.property "has_more" root |> ValueOption.exists (fun value -> value.ValueKind = Text.Json.JsonValueKind.True)
        let next root = if hasMore root then Dom.nonEmpty "last_id" root |> ValueOption.toOption else None

        let page (after: string option) =
            match after with
            | Some id -> $"{path}?limit=1000&after_id={Uri.EscapeDataString id}"
            | None -> $"{path}?limit=1000"

        { Inquiries.listing dialect.Provider { Inquiries.openai with Next = next } page with
            Headers = [ "anthropic-version", dialect.Version ]
        }

    /// <summary>
    /// The codec of a dialect. Later system messages join the leading ones with a warning; an assistant's message without content is left
    /// out with a warning; a user's is <c>InvalidRequest</c>. Parameters that the model would refuse are left out with a warning.
    /// </summary>
    /// <example><c>AnthropicMessages.codec AnthropicDialect.standard</c></example>
    let codec (dialect: AnthropicDialect) : Codec =
        let dialect = { dialect with Model = Memo.latest dialect.Model }

        {
            Api = AnthropicEncode.api
            Target = Target.create dialect.Provider AnthropicEncode.api
            Encode = AnthropicEncode.request dialect
            DecodeWhole = AnthropicDecode.whole dialect.Provider
            DecodePlain = AnthropicDecodeWholeFast.tryRead
            Decoder = Decoder.ofReader (reader dialect) (AnthropicFrame.initial dialect.Provider)
            DecodeError = ErrorBody.ofAnswer dialect.Provider
            TokenCounter = dialect.Count |> Option.map (counter dialect)
            ModelListing = dialect.ModelsPath |> Option.map (listing dialect)
        }
