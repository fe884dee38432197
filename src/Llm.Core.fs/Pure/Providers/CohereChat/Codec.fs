// Cohere's v2 chat format as a codec: encoding and decoding put together for a dialect.
namespace Llm.Core

/// <summary>
/// Cohere's v2 chat format (https://docs.cohere.com/reference/chat). A stream is proven complete by <c>message-end</c>. A tool plan is a
/// thought. Documents of text are sent as documents that the model may cite.
/// </summary>
/// <example><c>CohereChat.codec CohereDialect.standard</c></example>
[<RequireQualifiedAccess>]
module CohereChat =
    let private reader (provider: string) : EventReader<CohereState> =
        {
            Hot = EventReader.still CohereFast.read
            Counted = EventReader.uncounted
            Careful = CohereDecode.careful provider
            IsDone = _.IsDone
            NewFramer = fun () -> new TextFramer()
        }

    /// <summary>The codec of a dialect.</summary>
    let codec (dialect: CohereDialect) : Codec =
        {
            Api = CohereEncode.api
            Encode = CohereEncode.request dialect
            DecodeWhole = CohereDecode.whole dialect.Provider
            Decoder = Decoder.ofReader (reader dialect.Provider) CohereState.initial
            DecodeError = ErrorBody.ofAnswer dialect.Provider
        }
