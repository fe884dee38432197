// A law that holds, or does not: a result with the law's name and the evidence, which any test framework can show.
namespace Llm.FsCheck

open System
open FsCheck
open FsCheck.FSharp

/// A law that does not hold, and how that was seen.
type BrokenLaw =
    {
        /// The law's name.
        Law: string
        /// What was expected and what came.
        Evidence: string
    }

/// <summary>Functions on the results of laws.</summary>
/// <example><c>StreamLaws.splittingChangesNothing Accumulator.reducer cuts chunks |> Law.toProperty</c></example>
[<RequireQualifiedAccess>]
module Law =
    /// The law holds here.
    let holds: Result<unit, BrokenLaw> = Ok()

    /// <summary>The law does not hold here.</summary>
    let broken (law: string) (evidence: string) : Result<unit, BrokenLaw> = Error { Law = law; Evidence = evidence }

    /// <summary>Holds when the two are equal.</summary>
    let equal (law: string) (expected: 'value) (actual: 'value) : Result<unit, BrokenLaw> =
        if expected = actual then holds else broken law $"expected %A{expected}\nbut was %A{actual}"

    /// <summary>Holds when the work returns, whatever it returns.</summary>
    let isTotal (law: string) (work: unit -> 'value) : Result<unit, BrokenLaw> =
        try
            work () |> ignore
            holds
        with failure ->
            broken law $"it threw {failure}"

    /// <summary>Holds when all do; the first that is broken is told.</summary>
    let all (laws: Result<unit, BrokenLaw> seq) : Result<unit, BrokenLaw> = laws |> Seq.tryFind Result.isError |> Option.defaultValue holds

    /// <summary>Holds when the law holds for each.</summary>
    let forEach (law: 'item -> Result<unit, BrokenLaw>) (items: 'item seq) : Result<unit, BrokenLaw> = items |> Seq.map law |> all

    /// <summary>As a property, labelled with the law and the evidence.</summary>
    let toProperty (result: Result<unit, BrokenLaw>) : Property =
        match result with
        | Ok() -> Prop.ofTestable true
        | Error broken -> Prop.label $"{broken.Law}:{Environment.NewLine}{broken.Evidence}" false
