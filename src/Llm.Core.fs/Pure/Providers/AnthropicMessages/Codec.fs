// Anthropic's messages format as a codec: https://docs.anthropic.com/en/api/messages. Encoder and decoder stand beside it.
namespace Llm.Core

/// <summary>The messages format of Anthropic, which Claude speaks on Vertex AI and Bedrock too.</summary>
[<RequireQualifiedAccess>]
module AnthropicMessages =
    let private step (state: AnthropicState) (event: WireEvent) : Result<struct (Chunks * AnthropicState), LlmError> =
        match AnthropicDeltas.fast state event with
        | ValueSome chunks -> Ok(struct (chunks, state))
        | ValueNone -> AnthropicDecode.careful state event

    let private decoder (dialect: AnthropicDialect) : Decoder =
        let create =
            if dialect.StreamsInFrames then
                Decoder.createFramed (fun () -> new EventStreamFramer(dialect.Provider, FramePayload.Base64Bytes))
            else
                Decoder.create

        create step (fun state -> state.IsDone) (AnthropicDecode.initial dialect.Provider)

    /// <summary>
    /// The codec of a dialect. Later system messages join the leading ones with a warning; an assistant's message without content is left
    /// out with a warning; a user's is <c>InvalidRequest</c>. Parameters that the model would refuse are left out with a warning.
    /// </summary>
    /// <example><c>AnthropicMessages.codec AnthropicDialect.standard</c></example>
    let codec (dialect: AnthropicDialect) : Codec =
        {
            Api = AnthropicEncode.api
            Target = Target.create dialect.Provider AnthropicEncode.api
            Encode = AnthropicEncode.request dialect
            DecodeWhole = AnthropicDecode.whole dialect.Provider
            Decoder = decoder dialect
            DecodeError = ErrorBody.ofAnswer dialect.Provider
        }
