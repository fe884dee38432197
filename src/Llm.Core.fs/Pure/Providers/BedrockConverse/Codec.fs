// Amazon Bedrock's Converse as a codec: API reference of the Bedrock runtime, Converse and ConverseStream.
// Encoder and decoder stand beside it.
namespace Llm.Core

/// <summary>Converse of Amazon Bedrock: one format for the models of many makers. Streams are frames of Amazon's event stream.</summary>
[<RequireQualifiedAccess>]
module BedrockConverse =
    let private reader (provider: string) : EventReader<ConverseState> =
        {
            Hot = EventReader.still ConverseDeltas.read
            Counted = EventReader.uncounted
            Careful = ConverseDecode.careful
            IsDone = _.IsDone
            NewFramer = fun () -> new EventStreamFramer(provider, FramePayload.Plain)
        }

    /// <summary>
    /// The codec of a dialect. Neighbouring messages of one role become one turn; later system messages join the leading ones with a
    /// warning; a document without a text beside it is <c>InvalidRequest</c>; images and documents by an address outside Amazon S3 are
    /// <c>FeatureNotSupported</c>. Parameters that the model lacks are left out with a warning.
    /// </summary>
    /// <example><c>BedrockConverse.codec ConverseDialect.standard</c></example>
    let codec (dialect: ConverseDialect) : Codec =
        {
            Api = ConverseEncode.api
            Encode = ConverseEncode.request dialect
            DecodeWhole = ConverseDecode.whole dialect.Provider
            Decoder = Decoder.ofReader (reader dialect.Provider) (ConverseDecode.initial dialect.Provider)
            DecodeError = ErrorBody.ofAnswer dialect.Provider
        }
