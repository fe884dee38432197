// The Responses format as a codec: what the registry gives to a provider that speaks it.
namespace Llm.Core

/// <summary>The OpenAI Responses format, spoken by OpenAI, Azure, xAI, DeepSeek, OpenRouter and Bedrock.</summary>
[<RequireQualifiedAccess>]
module OpenAiResponses =
    let private api = "responses"

    /// What is counted; of the rest an answer is made.
    let private counted =
        [ "model"; "input"; "instructions"; "tools"; "tool_choice"; "parallel_tool_calls"; "reasoning"; "text" ]

    let private counter (dialect: ResponsesDialect) (path: string) : TokenCounter =
        let ask (encoded: EncodedRequest) =
            { encoded with Path = path } |> Inquiries.withBody (Inquiries.keep counted (Inquiries.bodyOf encoded))

        {
            Encode = fun request -> ResponsesEncode.request dialect api { request with Stream = false } |> Result.map ask
            Decode = Inquiries.count dialect.Provider "input_tokens"
        }

    /// Events that are no deltas: mostly those that frame a text.
    let private careful (provider: string) (state: ResponsesState) (event: WireEvent) =
        match ResponsesDecodePlain.tryRead state event with
        | ValueSome read -> Ok read
        | ValueNone -> ResponsesDecode.careful provider state event

    let private reader (provider: string) : EventReader<ResponsesState> =
        { new EventReader<ResponsesState>() with
            override reader.Hot(marks, state, event) = reader.Still(state, ResponsesFast.read marks state event)
            override _.Careful(state, event) = careful provider state event
            override _.IsDone state = state.IsDone
            override _.Beside(state, event) = ResponsesDecode.beside state event
        }

    /// <summary>The codec for a dialect.</summary>
    /// <example><c>OpenAiResponses.codec { ResponsesDialect.standard with Provider = "xai" }</c></example>
    let codec (dialect: ResponsesDialect) : Codec =
        let dialect = { dialect with Formats = Memo.latest dialect.Formats }

        {
            Api = api
            Target = Target.create dialect.Provider api
            Encode = ResponsesEncode.request dialect api
            DecodeWhole = ResponsesDecode.whole dialect.Provider
            DecodePlain = ResponsesDecodeWholeFast.tryRead
            Decoder = Decoder.ofReader (reader dialect.Provider) ResponsesState.initial
            DecodeError = ErrorBody.ofAnswer dialect.Provider
            TokenCounter = dialect.CountPath |> Option.map (counter dialect)
            ModelListing = Some(Inquiries.listing dialect.Provider Inquiries.openai (fun _ -> "models"))
        }
