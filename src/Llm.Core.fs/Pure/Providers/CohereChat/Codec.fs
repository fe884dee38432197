// Cohere's v2 chat format as a codec: encoding and decoding put together for a dialect.
namespace Llm.Core

/// <summary>
/// Cohere's v2 chat format (https://docs.cohere.com/reference/chat). A stream is proven complete by <c>message-end</c>. A tool plan is a
/// thought. Documents of text are sent as documents that the model may cite.
/// </summary>
/// <example><c>CohereChat.codec CohereDialect.standard</c></example>
[<RequireQualifiedAccess>]
module CohereChat =
    let private step (provider: string) (state: CohereState) (event: WireEvent) =
        match CohereFast.tryRead state event with
        | ValueSome chunks -> Ok(struct (chunks, state))
        | ValueNone -> CohereDecode.careful provider state event

    /// <summary>The codec of a dialect.</summary>
    let codec (dialect: CohereDialect) : Codec =
        {
            Api = CohereEncode.api
            Target = Target.create dialect.Provider CohereEncode.api
            Encode = CohereEncode.request dialect
            DecodeWhole = CohereDecode.whole dialect.Provider
            Decoder = Decoder.create (step dialect.Provider) (fun state -> state.IsDone) CohereState.initial
            DecodeError = ErrorBody.ofAnswer dialect.Provider
        }
