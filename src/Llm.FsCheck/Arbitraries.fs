// All arbitraries in one type, for FsCheck to find.
namespace Llm.FsCheck

open FsCheck
open Llm.Core

/// <summary>
/// The generators and shrinkers of the vocabulary. Register it with a property, or with all of them.
/// </summary>
/// <example>
/// <c>Check.One(Config.Quick.WithArbitrary [ typeof&lt;Arbitraries&gt; ], fun (stream: WellFormedStream) -> stream.Chunks &lt;> [])</c>
/// </example>
type Arbitraries =
    /// Any text but null, lone surrogates included.
    static member String() : Arbitrary<string> = TextArb.text
    /// Any JSON value.
    static member Json() : Arbitrary<Json> = JsonArb.value
    /// Bytes.
    static member Bytes() : Arbitrary<Bytes> = ContentArb.bytes
    /// Images.
    static member Image() : Arbitrary<Image> = ContentArb.image
    /// Audio that users say.
    static member Audio() : Arbitrary<Audio> = ContentArb.audio
    /// Documents.
    static member Document() : Arbitrary<Document> = ContentArb.document
    /// Tool calls.
    static member ToolCall() : Arbitrary<ToolCall> = ContentArb.toolCall
    /// Outputs of tools.
    static member ToolOutput() : Arbitrary<ToolOutput> = ContentArb.toolOutput
    /// Audio that models said.
    static member SpokenAudio() : Arbitrary<SpokenAudio> = ContentArb.spokenAudio
    /// What only one provider understands.
    static member ProviderPart() : Arbitrary<ProviderPart> = ContentArb.providerPart
    /// Parts of what users say.
    static member UserPart() : Arbitrary<UserPart> = ContentArb.userPart
    /// Parts of what models say.
    static member AssistantPart() : Arbitrary<AssistantPart> = ContentArb.assistantPart
    /// Where messages come from.
    static member Origin() : Arbitrary<Origin> = MessageArb.origin
    /// Messages of assistants.
    static member AssistantMessage() : Arbitrary<AssistantMessage> = MessageArb.assistantMessage
    /// Messages.
    static member Message() : Arbitrary<Message> = MessageArb.message
    /// Any lists of messages.
    static member Conversation() : Arbitrary<Message list> = MessageArb.conversation
    /// Conversations as they happen.
    static member Dialogue() : Arbitrary<Dialogue> = MessageArb.dialogue
    /// Usage.
    static member Usage() : Arbitrary<Usage> = CallArb.usage
    /// Reports of usage.
    static member UsageUpdate() : Arbitrary<UsageUpdate> = CallArb.usageUpdate
    /// Reasons to stop.
    static member FinishReason() : Arbitrary<FinishReason> = CallArb.finishReason
    /// How to think.
    static member Thinking() : Arbitrary<Thinking> = CallArb.thinking
    /// Valid parameters.
    static member Params() : Arbitrary<Params> = CallArb.parameters
    /// Headers.
    static member Headers() : Arbitrary<Headers> = CallArb.headers
    /// What providers say when they refuse.
    static member ApiError() : Arbitrary<ApiError> = CallArb.apiError
    /// Errors of every case.
    static member LlmError() : Arbitrary<LlmError> = CallArb.error
    /// Requests that can be sent.
    static member Request() : Arbitrary<Request> = CallArb.request
    /// Single chunks.
    static member Chunk() : Arbitrary<Chunk> = StreamArb.chunk
    /// Any chunks in any order.
    static member AnyChunks() : Arbitrary<AnyChunks> = StreamArb.anyChunks
    /// Complete streams.
    static member WellFormedStream() : Arbitrary<WellFormedStream> = StreamArb.wellFormed
    /// Replies.
    static member Reply() : Arbitrary<Reply> = StreamArb.reply
    /// Where to cut.
    static member Cuts() : Arbitrary<Cuts> = Cutting.cuts
