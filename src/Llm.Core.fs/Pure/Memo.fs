// Remembering what a pure function gave, where the same is asked again and again: what a model takes is worked out from its name at every
// call. Called by the codecs; a function that remembers is as pure as it was.
namespace Llm.Core

open System
open System.Threading

[<Sealed; AllowNullLiteral>]
type private Remembered<'value>(first: string, second: string, value: 'value) =
    /// Whether it is what these two gave.
    member _.IsOf(otherFirst: string, otherSecond: string) = String.Equals(first, otherFirst) && String.Equals(second, otherSecond)

    member _.Value = value

[<RequireQualifiedAccess>]
module internal Memo =
    /// What is remembered in a place, or the work anew.
    let inline private remembered
        (place: byref<Remembered<'value>>)
        (first: string)
        (second: string)
        ([<InlineIfLambda>] work: unit -> 'value)
        =
        let found = Volatile.Read &place

        if not (isNull found) && found.IsOf(first, second) then
            found.Value
        else
            let fresh = Remembered(first, second, work ())
            Volatile.Write(&place, fresh)
            fresh.Value

    /// <summary>
    /// The function, which remembers its latest answer. One answer, for names come from outside and may be any number; callers at once may
    /// work out the same twice.
    /// </summary>
    let latest (work: string -> 'value) : string -> 'value =
        let known: Remembered<'value> ref = ref null
        fun name -> remembered &known.contents name "" (fun () -> work name)

    /// How many answers `recent` remembers; a power of two.
    let private places = 16

    /// <summary>
    /// The function, which remembers what it gave for some of the texts that it was asked for lately: one answer in each of a few places,
    /// which texts share by chance.
    /// </summary>
    let recent (work: string -> string -> 'value) : string -> string -> 'value =
        let known = Array.zeroCreate<Remembered<'value>> places

        fun first second ->
            let place = (first.GetHashCode() ^^^ second.GetHashCode()) &&& (places - 1)
            remembered &known[place] first second (fun () -> work first second)
