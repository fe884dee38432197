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

    /// <summary>The codec for a dialect.</summary>
    /// <example><c>OpenAiResponses.codec { ResponsesDialect.standard with Provider = "xai" }</c></example>
    let codec (dialect: ResponsesDialect) : Codec =
        {
            Api = api
            Target = Target.create dialect.Provider api
            Encode = ResponsesEncode.request dialect api
            DecodeWhole = ResponsesDecode.whole dialect.Provider
            DecodePlain = ResponsesDecodeWholeFast.tryRead
            Decoder = ResponsesDecode.decoder dialect.Provider
            DecodeError = ErrorBody.ofAnswer dialect.Provider
            TokenCounter = dialect.CountPath |> Option.map (counter dialect)
            ModelListing = Some(Inquiries.listing dialect.Provider Inquiries.openai (fun _ -> "models"))
        }
