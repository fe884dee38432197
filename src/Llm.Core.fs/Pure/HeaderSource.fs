// An answer's headers where they lie: with whoever received them. Of all that a server sends, a call asks for two or three; so no list is
// made of them, until somebody asks for it. Given by transports, asked by the body and the model.
namespace Llm.Core

open System
open System.Globalization

/// Headers that can be asked for one by one.
[<AbstractClass>]
type internal HeaderSource() =
    /// The first value of a name.
    abstract TryFind: name: string -> string voption

    /// Whether the name of any holds this, in capitals or not.
    abstract HasNameWith: part: string -> bool

    /// All of them, in order.
    abstract ToList: unit -> Headers

    /// How long they say that the body is.
    abstract BodyLength: int64 voption

    default this.BodyLength =
        match this.TryFind "content-length" with
        | ValueSome text ->
            match Int64.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture) with
            | true, length -> ValueSome length
            | _ -> ValueNone
        | ValueNone -> ValueNone

/// Headers that are a list already.
[<Sealed>]
type internal ListedHeaders(headers: Headers) =
    inherit HeaderSource()

    override _.TryFind name = Headers.tryFind name headers |> ValueOption.ofOption

    override _.HasNameWith part = headers |> List.exists (fun (name, _) -> name.Contains(part, StringComparison.OrdinalIgnoreCase))

    override _.ToList() = headers

/// What providers say in headers, asked of those that say it.
[<RequireQualifiedAccess>]
module internal HeaderSource =
    let rec private tryFirst (names: string list) (source: HeaderSource) : string option =
        match names with
        | [] -> None
        | name :: others ->
            match source.TryFind name with
            | ValueSome value -> Some value
            | ValueNone -> tryFirst others source

    /// `Headers.requestId` of all.
    let requestId (source: HeaderSource) : string option = tryFirst Headers.requestIds source

    /// `Headers.rateLimits` of all: most answers have none, and are not made into a list to find out.
    let rateLimits (source: HeaderSource) : RateLimits option =
        if source.HasNameWith Headers.limitMark then Headers.rateLimits (source.ToList()) else None
