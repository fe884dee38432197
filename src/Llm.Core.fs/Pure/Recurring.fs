// Texts that come again and again, in every answer the same: the names of events and of models. Each is made once and then found, as long as
// nothing else takes its place. Called by the framer and the readers of names; what a model says never comes here.
namespace Llm.Core

open System
open System.Text
open System.Threading

[<RequireQualifiedAccess>]
module internal Recurring =
    /// As many as eight bits tell apart.
    let private places = 256

    /// Longer texts are no names.
    let private longest = 64

    // Each pair of places has the last two texts that fell there: names come from outside and may be any number.
    let private known: (string | null)[] = Array.zeroCreate places

    let private placeOf (bytes: ReadOnlySpan<byte>) : int =
        let mutable hash = uint32 bytes.Length

        for value in bytes do
            hash <- hash * 31u + uint32 value

        // The high bits of a product depend on all bits of the hash (Knuth, The Art of Computer Programming, 6.4).
        int ((hash * 0x9E3779B1u) >>> 24)

    let private find (bytes: ReadOnlySpan<byte>) (place: int) : string | null =
        match Volatile.Read &known[place] with
        | null -> null
        | found -> if Ascii.Equals(bytes, found.AsSpan()) then found else null

    /// The text of these bytes, which are UTF-8.
    let text (bytes: ReadOnlySpan<byte>) : string =
        if bytes.Length > longest then
            Encoding.UTF8.GetString bytes
        else
            let place = placeOf bytes
            let other = place ^^^ 1

            match find bytes place with
            | null ->
                match find bytes other with
                | null ->
                    let fresh = Encoding.UTF8.GetString bytes
                    Volatile.Write(&known[other], known[place])
                    Volatile.Write(&known[place], fresh)
                    fresh
                | found -> found
            | found -> found
