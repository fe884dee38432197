// What a request says, as a value: how to write it, not the bytes. A codec makes it; whoever sends it writes it into memory of its own,
// as often as it likes. So no codec owns memory, and no pool is known here.
namespace Llm.Core

open System
open System.Buffers
open System.Text

/// <summary>
/// A request's body. It is immutable and keeps no bytes: it is written anew, and alike, each time that somebody asks for it. A transport
/// writes it into a buffer of its own, which it can give back to a pool; keeping a body keeps only what it was made from.
/// </summary>
[<Sealed>]
type RequestBody internal (write: (IBufferWriter<byte> -> unit) voption) =
    /// Whether the request has no body at all.
    member _.IsEmpty = write.IsNone

    /// <summary>Appends the body's bytes.</summary>
    member _.WriteTo(writer: IBufferWriter<byte>) : unit =
        match write with
        | ValueSome write -> write writer
        | ValueNone -> ()

    override _.ToString() = "the body of a request"

/// Functions on <see cref="T:Llm.Core.RequestBody"/>.
[<RequireQualifiedAccess>]
module RequestBody =
    /// <summary>No body.</summary>
    let empty: RequestBody = RequestBody ValueNone

    /// <summary>The body that this function writes. It may be called any number of times, on any thread, and must write the same each time.</summary>
    let create (write: IBufferWriter<byte> -> unit) : RequestBody = RequestBody(ValueSome write)

    /// <summary>A body of these bytes; the caller promises never to change them.</summary>
    let ofMemory (bytes: ReadOnlyMemory<byte>) : RequestBody =
        if bytes.IsEmpty then empty else create (fun writer -> writer.Write bytes.Span)

    /// <summary>A body of this text, in UTF-8.</summary>
    /// <example><c>RequestBody.ofText "{}" |> RequestBody.text</c> evaluates to <c>"{}"</c>.</example>
    let ofText (text: string) : RequestBody = ofMemory (ReadOnlyMemory(Encoding.UTF8.GetBytes text))

    /// <summary>The body's bytes, in fresh memory.</summary>
    let toMemory (body: RequestBody) : ReadOnlyMemory<byte> =
        let buffer = ArrayBufferWriter<byte>()
        body.WriteTo buffer
        buffer.WrittenMemory

    /// <summary>The body as text: JSON, in every wire format.</summary>
    let text (body: RequestBody) : string = Encoding.UTF8.GetString (toMemory body).Span
