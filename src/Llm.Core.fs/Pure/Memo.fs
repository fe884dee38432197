// Remembering what a pure function gave, where the same is asked again and again: what a model takes is worked out from its name at every
// call. Called by the codecs; a function that remembers is as pure as it was.
namespace Llm.Core

open System
open System.Threading

[<Sealed; AllowNullLiteral>]
type private Remembered<'value>(name: string, value: 'value) =
    member _.Name = name
    member _.Value = value

[<RequireQualifiedAccess>]
module internal Memo =
    /// <summary>
    /// The function, which remembers its latest answer. One answer, for names come from outside and may be any number; callers at once may
    /// work out the same twice.
    /// </summary>
    let latest (work: string -> 'value) : string -> 'value =
        let known: Remembered<'value> ref = ref null

        fun name ->
            let latest = Volatile.Read &known.contents

            if not (isNull latest) && String.Equals(latest.Name, name) then
                latest.Value
            else
                let fresh = Remembered(name, work name)
                Volatile.Write(&known.contents, fresh)
                fresh.Value

    /// How many answers `recent` remembers; a power of two.
    let private slots = 16

    /// <summary>
    /// The function, which remembers its answers for some of the names that it was asked for lately, one for each of a few places that names
    /// share by chance.
    /// </summary>
    let recent (work: string -> 'value) : string -> 'value =
        let known = Array.zeroCreate<Remembered<'value>> slots

        fun name ->
            let place = name.GetHashCode() &&& (slots - 1)
            let found = Volatile.Read &known[place]

            if not (isNull found) && String.Equals(found.Name, name) then
                found.Value
            else
                let fresh = Remembered(name, work name)
                Volatile.Write(&known[place], fresh)
                fresh.Value
