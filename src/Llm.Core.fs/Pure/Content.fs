// What a message may hold: parts, split by who may say them, so that what a role may not hold does not compile.
// Pure data; files, urls and downloads are read elsewhere.
namespace Llm.Core

open System

/// <summary>
/// Immutable bytes, equal when their contents are. Printing shows the length only.
/// </summary>
[<CustomEquality; NoComparison>]
type Bytes =
    private
    | Bytes of ReadOnlyMemory<byte>

    /// The bytes.
    member this.Memory =
        let (Bytes memory) = this
        memory

    /// How many bytes.
    member this.Length = this.Memory.Length

    override this.Equals other =
        match other with
        | :? Bytes as bytes -> this.Memory.Span.SequenceEqual bytes.Memory.Span
        | _ -> false

    override this.GetHashCode() =
        let mutable hash = HashCode()
        hash.AddBytes this.Memory.Span
        hash.ToHashCode()

    override this.ToString() = $"{this.Length} bytes"

/// Functions on <see cref="T:Llm.Core.Bytes"/>.
[<RequireQualifiedAccess>]
module Bytes =
    /// No bytes.
    let empty = Bytes ReadOnlyMemory.Empty

    /// Copies an array.
    let ofArray (bytes: byte[]) = Bytes(ReadOnlyMemory(Array.copy bytes))

    /// Takes memory without a copy; the caller promises never to change it.
    let ofMemory (memory: ReadOnlyMemory<byte>) = Bytes memory

    /// A fresh array with the bytes.
    let toArray (bytes: Bytes) = bytes.Memory.ToArray()

    /// Base64 (RFC 4648, the standard alphabet).
    let toBase64 (bytes: Bytes) = Convert.ToBase64String bytes.Memory.Span

    /// <summary>Reads base64 in the standard or the url-safe alphabet, with or without padding; None when it is neither.</summary>
    /// <example><c>Bytes.tryOfBase64 "AQI=" |> Option.map Bytes.toArray</c> evaluates to <c>Some [| 1uy; 2uy |]</c>.</example>
    let tryOfBase64 (text: string) : Bytes option =
        let standard = text.TrimEnd('=').Replace('-', '+').Replace('_', '/')
        let padded = standard + String('=', (4 - standard.Length % 4) % 4)
        let buffer = Array.zeroCreate<byte>(padded.Length / 4 * 3)
        let mutable written = 0

        if Convert.TryFromBase64String(padded, buffer, &written) then
            Some(Bytes(ReadOnlyMemory(buffer, 0, written)))
        else
            None

    /// One after the other.
    let concat (all: Bytes list) : Bytes =
        match all with
        | [ only ] -> only
        | _ ->
            let joined = Array.zeroCreate<byte>(all |> List.sumBy (fun bytes -> bytes.Length))
            let mutable position = 0

            for bytes in all do
                bytes.Memory.CopyTo(joined.AsMemory position)
                position <- position + bytes.Length

            Bytes(ReadOnlyMemory joined)

/// An image, by its bytes or by an address that the provider fetches.
[<RequireQualifiedAccess>]
type Image =
    /// The bytes and their media type, such as <c>image/png</c>.
    | Inline of mediaType: string * data: Bytes
    /// An absolute address.
    | Url of url: string

/// Audio that a user says: the bytes and their media type, such as <c>audio/wav</c>.
type Audio =
    {
        /// Media type: wav, mp3, aiff, aac, ogg or flac, each with the prefix <c>audio/</c>.
        MediaType: string
        /// The encoded audio.
        Data: Bytes
    }

/// A document, by its bytes, its text, or an address that the provider fetches.
[<RequireQualifiedAccess>]
type Document =
    /// The bytes and their media type, such as <c>application/pdf</c>.
    | Inline of mediaType: string * data: Bytes
    /// Text and its media type, such as <c>text/plain</c>.
    | Text of mediaType: string * text: string
    /// An absolute address.
    | Url of url: string

/// A tool that the model wants called.
type ToolCall =
    {
        /// The id that its output must name.
        Id: string
        /// The tool's name.
        Name: string
        /// The arguments as the model wrote them: a JSON object as text, <c>{}</c> when there are none. After MaxTokens it may be cut off.
        Arguments: string
    }

/// What a tool gave back.
type ToolOutput =
    {
        /// The id of the call that this answers.
        Id: string
        /// The tool's name.
        Name: string
        /// The result: text, or JSON as text.
        Result: string
        /// Whether the result is the message of a failure.
        IsError: bool
    }

/// Audio that a model said.
type SpokenAudio =
    {
        /// The provider's id, by which later turns may refer to it.
        Id: string option
        /// The encoded audio, in the format that was asked for.
        Data: Bytes
        /// What was said, as text.
        Transcript: string
    }

/// <summary>
/// What a provider sent that has no part of its own here (server tools' calls and results, redacted thoughts, ...): kept
/// as raw JSON and sent back unchanged to that provider.
/// </summary>
type ProviderPart =
    {
        /// The wire's name for it, such as <c>web_search_tool_result</c>.
        Kind: string
        /// It, as it came.
        Json: Json
    }

/// A part of what a user says.
[<RequireQualifiedAccess>]
type UserPart =
    /// Text.
    | Text of text: string
    /// An image.
    | Image of Image
    /// Audio.
    | Audio of Audio
    /// A document.
    | Document of Document
    /// The output of a tool that the assistant called.
    | ToolOutput of ToolOutput

/// A part of what a model says.
[<RequireQualifiedAccess>]
type AssistantPart =
    /// Text.
    | Text of text: string
    /// Readable reasoning, or a summary of it. Its signature lives in the message's native form.
    | Thought of thought: string
    /// A call of a tool.
    | ToolCall of ToolCall
    /// Audio with its transcript.
    | Audio of SpokenAudio
    /// An image.
    | Image of Image
    /// What only that provider understands.
    | Other of ProviderPart
