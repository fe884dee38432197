// The Responses format as a codec: what the registry gives to a provider that speaks it.
namespace Llm.Core

/// <summary>The OpenAI Responses format, spoken by OpenAI, Azure, xAI, DeepSeek, OpenRouter and Bedrock.</summary>
[<RequireQualifiedAccess>]
module OpenAiResponses =
    let private api = "responses"

    /// <summary>The codec for a dialect.</summary>
    /// <example><c>OpenAiResponses.codec { ResponsesDialect.standard with Provider = "xai" }</c></example>
    let codec (dialect: ResponsesDialect) : Codec =
        {
            Api = api
            Target = Target.create dialect.Provider api
            Encode = ResponsesEncode.request dialect api
            DecodeWhole = ResponsesDecode.whole dialect.Provider
            Decoder = ResponsesDecode.decoder dialect.Provider
            DecodeError = ErrorBody.ofAnswer dialect.Provider
        }
