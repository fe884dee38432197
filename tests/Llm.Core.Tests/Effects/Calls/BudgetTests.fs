// Budgets: what is set aside before a call, what is counted after it, and that branches at once never spend more than there is.
module Llm.Core.Tests.BudgetTests

open System
open System.Threading
open System.Threading.Tasks
open NUnit.Framework
open Llm.Core
open Llm.FsCheck

/// A dollar for a million tokens of input, and a cent for each of output.
let private price (usage: Usage) (_: string) : Money<usd> option =
    Some(Money.usd (decimal usage.InputTokens / 1_000_000m + 0.01m * decimal usage.OutputTokens))

let private ask (oracle: Oracle) (maxTokens: int option) : Call<string, string> =
    oracle.Ask "q" |> Call.withParams { Params.none with MaxTokens = maxTokens }

let private reason (result: Result<'value, LlmError>) : BudgetStop option =
    match result with
    | Error(LlmError.BudgetExceeded excess) -> Some excess.Reason
    | _ -> None

let private ten () = Oracle(fun _ -> String('a', 10))

[<Test>]
let ``a call is made when the most that it can cost is left, and counted by what it did cost`` () : Task = task {
    let oracle = ten ()
    let budget = Budget.create (Money.usd 0.35m) price
    let call = ask oracle (Some 20) |> Call.withBudget budget
    let! first = Run.call "x" call
    // 10 tokens of 20 were used: 0.10 and the input.
    Expect.equal (Ok(String('a', 10)), 0.10001m) (first, budget.Spent.Amount)
    let! second = Run.call "x" call
    let! third = Run.call "x" call
    Expect.equal (true, Some BudgetStop.TooDear) (Result.isOk second, reason third)
    Expect.equal (2, 0.20002m, 0m) (oracle.Asked.Length, budget.Spent.Amount, budget.Reserved.Amount)

    match third with
    | Error(LlmError.BudgetExceeded excess) ->
        Expect.equal (0.35m, 0.20002m) (excess.Limit.Amount, excess.Spent.Amount)
        Assert.That(excess.Needed.Value.Amount, Is.GreaterThan(0.2m).And.LessThan(0.21m))
    | other -> Assert.Fail $"%A{other}"
}

[<Test>]
let ``what has no bound or no price is refused, or counted as the caller says`` () : Task = task {
    let oracle = ten ()
    let refusing = Budget.create (Money.usd 100m) price
    let! noBound = ask oracle None |> Call.withBudget refusing |> Run.call "x"
    let unpriced = Budget.create (Money.usd 100m) (fun _ _ -> None: Money<usd> option)
    let! noPrice = ask oracle (Some 1) |> Call.withBudget unpriced |> Run.call "x"
    Expect.equal (Some BudgetStop.NoUpperBound, Some BudgetStop.NoPrice, 0) (reason noBound, reason noPrice, oracle.Asked.Length)

    let counting = Budget.createWith (UnknownCost.CountAs(Money.usd 3m)) (Money.usd 4m) (fun _ _ -> None)
    let! counted = ask oracle None |> Call.withBudget counting |> Run.call "x"
    let! refused = ask oracle None |> Call.withBudget counting |> Run.call "x"
    Expect.equal (true, Some BudgetStop.TooDear, 3m) (Result.isOk counted, reason refused, counting.Spent.Amount)
}

[<Test>]
let ``a call that cost more than was left is an error that keeps its answer`` () : Task = task {
    let oracle = ten ()
    let budget = Budget.createWith (UnknownCost.CountAs(Money.usd 0.01m)) (Money.usd 0.05m) price
    let! result = ask oracle None |> Call.withBudget budget |> Run.call "x"

    match result with
    | Error(LlmError.BudgetExceeded excess) ->
        Expect.equal (BudgetStop.Overspent, Some(String('a', 10))) (excess.Reason, excess.Answer)
        Expect.equal 0.10001m excess.Spent.Amount
    | other -> Assert.Fail $"%A{other}"
}

[<Test>]
let ``what was refused costs nothing, and what broke off costs what was set aside`` () : Task = task {
    let mutable error = LlmError.RateLimit(Fake.apiError 429 "busy")
    let oracle = Oracle(fun _ _ -> Task.FromResult(Error error))
    let budget = Budget.create (Money.usd 1m) price
    let call = ask oracle (Some 20) |> Call.withBudget budget
    let! _ = Run.call "x" call
    Expect.equal (0m, 0m) (budget.Spent.Amount, budget.Reserved.Amount)
    error <- LlmError.Truncated "oracle"
    let! _ = Run.call "x" call
    Expect.equal 0m budget.Reserved.Amount
    Assert.That(budget.Spent.Amount, Is.GreaterThan(0.2m).And.LessThan(0.21m))
}

[<Test>]
let ``a stream is counted when it ends`` () : Task = task {
    let budget = Budget.create (Money.usd 1m) price

    let call =
        Call.create (ten ()).Model (fun (text: string) -> text)
        |> Call.withParams { Params.none with MaxTokens = Some 20 }
        |> Call.withBudget budget

    let! opened = call |> Call.stream "x" Run.none
    use stream = Fake.ok opened
    Assert.That(budget.Reserved.Amount, Is.GreaterThan 0.2m)
    let! _ = stream |> StreamResponse.finish Run.none
    Expect.equal (0m, 0.10001m) (budget.Reserved.Amount, budget.Spent.Amount)

    let! abandoned = call |> Call.stream "x" Run.none
    do! (Fake.ok abandoned).DisposeAsync()
    Expect.equal 0m budget.Reserved.Amount
    Assert.That(budget.Spent.Amount, Is.GreaterThan 0.3m)
}

[<Test>]
let ``all calls of a chain are paid from its budget, those of its prompts too`` () : Task = task {
    let oracle = ten ()
    let budget = Budget.create (Money.usd 1m) price
    let inner = ask oracle (Some 20)

    let outer =
        Call.computed oracle.Model (fun input -> llm {
            let! said = inner.Invoke input
            return Prompt.user said
        })

    let! _ = outer |> Call.withParams { Params.none with MaxTokens = Some 20 } |> Call.withBudget budget |> Run.call "x"
    Expect.equal 0.20002m budget.Spent.Amount
}

[<Law>]
let ``branches that run at once never spend more than there is, and what is set aside is given back``
    (calls: byte)
    (affordable: byte)
    (limit: byte)
    =
    let calls, affordable, limit = int calls % 12, int affordable % 8, 1 + int limit % 4

    let oracle =
        Oracle(fun _ _ -> task {
            do! Task.Yield()
            return Ok(String('a', 20))
        })

    // Each call costs just over 0.20 at most, and just that when it is done.
    let budget = Budget.create (Money.usd (0.21m * decimal affordable)) price
    let call = ask oracle (Some 20) |> Call.withBudget budget
    let each = call |> Call.recover (fun _ -> Call.succeed "refused") |> Call.traverse limit
    let answers = (each |> Run.call (List.init calls string)).GetAwaiter().GetResult() |> Fake.ok
    let paid = answers |> List.filter (fun answer -> answer <> "refused") |> List.length

    Law.all
        [
            Law.equal "within the limit" true (budget.Spent.Amount <= budget.Limit.Amount)
            Law.equal "nothing is left aside" 0m budget.Reserved.Amount
            Law.equal "what was paid was asked" oracle.Asked.Length paid
            Law.equal "what was asked was paid" (decimal paid * 0.20001m) budget.Spent.Amount
            Law.equal "what could be paid for sure was" true (limit > 1 || paid = min calls affordable)
        ]
    |> Law.toProperty

[<Test>]
let ``what never left the machine costs nothing`` () : Task = task {
    let unsent =
        [
            LlmError.MissingApiKey("oracle", [])
            LlmError.MissingSetting("oracle", "region", [])
            LlmError.CredentialsUnavailable("oracle", "no identity")
        ]

    for error in unsent do
        let oracle = Oracle(fun _ _ -> Task.FromResult(Error error))
        let budget = Budget.create (Money.usd 1m) price
        let! _ = ask oracle (Some 20) |> Call.withBudget budget |> Run.call "x"
        Expect.equal (0m, 0m) (budget.Spent.Amount, budget.Reserved.Amount)
}

[<Test>]
let ``a price that cannot be asked leaves nothing set aside, in any budget of the call`` () : Task = task {
    for isBrokenOutside in [ false; true ] do
        for breaksBefore in [ false; true ] do
            let isBroken = ref breaksBefore

            let oracle =
                Oracle(fun _ ->
                    isBroken.Value <- true
                    String('a', 10))

            let broken =
                Budget.create (Money.usd 1m) (fun usage modelId ->
                    if isBroken.Value then failwith "no prices today" else price usage modelId)

            let sound = Budget.create (Money.usd 1m) price
            let budgeted first second = ask oracle (Some 20) |> Call.withBudget first |> Call.withBudget second
            let call = if isBrokenOutside then budgeted sound broken else budgeted broken sound

            let! message = task {
                try
                    let! _ = Run.call "x" call
                    return "no exception"
                with failure ->
                    return failure.Message
            }

            Expect.equal "no prices today" message
            Expect.equal (0m, 0m) (broken.Reserved.Amount, sound.Reserved.Amount)
            // What was answered is counted: by what it did cost where that is known, else by all that was set aside.
            let spent = if breaksBefore then 0m else 0.10001m
            Expect.equal spent sound.Spent.Amount
            let least, most = if breaksBefore then 0m, 0m else 0.2m, 0.21m
            Assert.That(broken.Spent.Amount, Is.InRange(least, most))
}
