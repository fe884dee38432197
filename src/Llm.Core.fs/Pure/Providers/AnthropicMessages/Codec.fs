// Anthropic's messages format as a codec: https://docs.anthropic.com/en/api/messages. Encoder and decoder stand beside it.
namespace Llm.Core

/// <summary>The messages format of Anthropic, which Claude speaks on Vertex AI and Bedrock too.</summary>
[<RequireQualifiedAccess>]
module AnthropicMessages =
    let private newFramer (dialect: AnthropicDialect) () : Framer =
        if dialect.StreamsInFrames then
            new EventStreamFramer(dialect.Provider, FramePayload.Base64Bytes)
        else
            new TextFramer()

    let private reader (dialect: AnthropicDialect) : EventReader<AnthropicState> =
        {
            Hot = EventReader.still AnthropicDeltas.read
            Counted = EventReader.uncounted
            Careful = AnthropicDecode.careful
            IsDone = _.IsDone
            NewFramer = newFramer dialect
        }

    /// <summary>
    /// The codec of a dialect. Later system messages join the leading ones with a warning; an assistant's message without content is left
    /// out with a warning; a user's is <c>InvalidRequest</c>. Parameters that the model would refuse are left out with a warning.
    /// </summary>
    /// <example><c>AnthropicMessages.codec AnthropicDialect.standard</c></example>
    let codec (dialect: AnthropicDialect) : Codec =
        {
            Api = AnthropicEncode.api
            Encode = AnthropicEncode.request dialect
            DecodeWhole = AnthropicDecode.whole dialect.Provider
            Decoder = Decoder.ofReader (reader dialect) (AnthropicDecode.initial dialect.Provider)
            DecodeError = ErrorBody.ofAnswer dialect.Provider
        }
