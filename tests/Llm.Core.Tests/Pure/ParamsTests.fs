// Parameters: what is generated is valid, and what no provider could accept is refused by name.
module Llm.Core.Tests.ParamsTests

open System
open NUnit.Framework
open Llm.Core

[<Law>]
let ``generated parameters are valid`` (parameters: Params) = Params.validate parameters = Ok parameters

let private refused =
    [
        TestCaseData({ Params.none with Temperature = Some -0.1 }, "params.Temperature")
        TestCaseData({ Params.none with Temperature = Some nan }, "params.Temperature")
        TestCaseData({ Params.none with Temperature = Some infinity }, "params.Temperature")
        TestCaseData({ Params.none with MaxTokens = Some 0 }, "params.MaxTokens")
        TestCaseData({ Params.none with TopP = Some 1.01 }, "params.TopP")
        TestCaseData({ Params.none with TopP = Some nan }, "params.TopP")
        TestCaseData({ Params.none with TopK = Some -1 }, "params.TopK")
        TestCaseData({ Params.none with StopSequences = [ "a"; "" ] }, "params.StopSequences")
    ]

[<TestCaseSource(nameof refused)>]
let ``what makes no sense is refused by name`` (parameters: Params) (path: string) =
    match Params.validate parameters with
    | Error(LlmError.InvalidRequest(place, reason)) ->
        Assert.That(place, Is.EqualTo path)
        Assert.That(reason, Is.Not.Empty)
    | other -> Assert.Fail $"%A{other}"

[<TestCase(0.0, 1, 0.0)>]
[<TestCase(2.0, Int32.MaxValue, 1.0)>]
let ``the ends of the ranges are valid`` (temperature: float) (maxTokens: int) (topP: float) =
    let parameters = { Params.none with Temperature = Some temperature; MaxTokens = Some maxTokens; TopP = Some topP }

    Assert.That(Params.validate parameters |> Result.isOk)

[<Test>]
let ``counts that no number holds are the largest there is`` () =
    let most = { Usage.zero with InputTokens = Int64.MaxValue; OutputTokens = Int64.MaxValue }
    Assert.That(Usage.total most, Is.EqualTo Int64.MaxValue)
    Assert.That(Usage.add most most, Is.EqualTo most)
    Assert.That(Usage.add most { Usage.zero with InputTokens = -1L }, Is.EqualTo { most with InputTokens = Int64.MaxValue - 1L })

[<Test>]
let ``a level is enough to say how to think`` () =
    Assert.That(
        Thinking.ofLevel ThinkingLevel.High,
        Is.EqualTo { Level = ThinkingLevel.High; IncludeThoughts = false; EncodeThoughtsAsText = false }
    )
