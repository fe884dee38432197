// Money that a chain may spend: set aside before a call, counted after it, in one place for all branches that run at once.
namespace Llm.Core

/// <summary>What a budget counts for a call whose cost nobody can say beforehand: never nothing in silence.</summary>
[<RequireQualifiedAccess>]
type UnknownCost<[<Measure>] 'currency> =
    /// Such a call is not made: it ends in <c>BudgetExceeded</c>.
    | Refuse
    /// So much is set aside for it, and counted unless its true cost is known after it.
    | CountAs of Money<'currency>

/// <summary>
/// Money that may be spent. One budget is shared by all calls that carry it, also at once and one run after the other; it does not fill up
/// again.
/// </summary>
[<Sealed; NoComparison; NoEquality>]
type Budget<[<Measure>] 'currency>
    internal (limit: Money<'currency>, unknown: UnknownCost<'currency>, price: Usage -> string -> Money<'currency> option) =
    let gate = obj ()
    let zero = Money.zero limit.Currency
    let mutable spent = zero
    let mutable reserved = zero

    let excess (model: Model) (reason: BudgetStop) (needed: Money<'currency> option) (answer: string option) =
        Error(
            LlmError.BudgetExceeded
                {
                    Limit = Money.toAny limit
                    Spent = Money.toAny spent
                    Reserved = Money.toAny reserved
                    Needed = needed |> Option.map Money.toAny
                    Reason = reason
                    ModelId = model.Id
                    Answer = answer
                }
        )

    /// The dearest way in which so many tokens can be used, as far as it has a price: all written to a cache, all of them reasoning.
    let dearest (modelId: string) (bound: Usage) : Money<'currency> option =
        let written = { bound with CacheWriteTokens = bound.InputTokens }
        let reasoned (usage: Usage) = { usage with ReasoningTokens = usage.OutputTokens }

        price bound modelId
        |> Option.map (fun plain ->
            [ reasoned bound; written; reasoned written ]
            |> List.choose (fun usage -> price usage modelId)
            |> List.fold (fun most money -> if money.Amount > most.Amount then money else most) plain)

    let bound (model: Model) (messages: Message list) : Result<Money<'currency>, LlmError> =
        let known =
            match TokenBound.usage messages model.Tools model.Format model.Params with
            | None -> Error BudgetStop.NoUpperBound
            | Some usage ->
                match dearest model.Id usage with
                | None -> Error BudgetStop.NoPrice
                | Some money -> Ok money

        match known, unknown with
        | Ok money, _ -> Ok money
        | Error _, UnknownCost.CountAs money -> Ok money
        | Error reason, UnknownCost.Refuse -> excess model reason None None

    /// Whether the provider refused before it did anything, or was never asked.
    let isUnbilled (error: LlmError) : bool =
        match error with
        | LlmError.Timeout(TimeoutCause.Connect _)
        | LlmError.InvalidRequest _
        | LlmError.FeatureNotSupported _
        | LlmError.MissingApiKey _
        | LlmError.MissingSetting _
        | LlmError.CredentialsUnavailable _
        | LlmError.UnknownProvider _ -> true
        | error -> (LlmError.apiError error).IsSome

    let release (needed: Money<'currency>) : unit = lock gate (fun () -> reserved <- reserved - needed)

    let count (needed: Money<'currency>) (cost: Money<'currency>) : unit =
        lock gate (fun () ->
            reserved <- reserved - needed
            spent <- spent + cost)

    let settle (model: Model) (needed: Money<'currency>) (result: Result<Response, LlmError>) : Result<unit, LlmError> =
        match result with
        | Error error when isUnbilled error ->
            release needed
            Ok()
        | Error _ ->
            count needed needed
            Ok()
        | Ok response ->
            let cost =
                try
                    response.Usage |> Option.bind (fun usage -> price usage model.Id) |> Option.defaultValue needed
                with _ ->
                    // The caller's own function failed: what was set aside is not left behind.
                    count needed needed
                    reraise ()

            lock gate (fun () ->
                count needed cost

                if spent.Amount > limit.Amount then
                    excess model BudgetStop.Overspent (Some cost) (Some(Response.pretty response))
                else
                    Ok())

    let reserve (model: Model) (messages: Message list) : Result<Reservation, LlmError> =
        lock gate (fun () ->
            match bound model messages with
            | Error error -> Error error
            | Ok needed when spent.Amount + reserved.Amount + needed.Amount > limit.Amount ->
                excess model BudgetStop.TooDear (Some needed) None
            | Ok needed ->
                reserved <- reserved + needed

                Ok
                    {
                        Settle = settle model needed
                        Abandon = fun () -> count needed needed
                        Release = fun () -> release needed
                    })

    /// What may be spent in all.
    member _.Limit = limit

    /// What was spent so far.
    member _.Spent = lock gate (fun () -> spent)

    /// What calls that go on may still cost.
    member _.Reserved = lock gate (fun () -> reserved)

    /// What is left, after what calls that go on may cost.
    member _.Left = lock gate (fun () -> limit - spent - reserved)

    member internal _.Ledger: Ledger = { Reserve = reserve }

/// <summary>Functions on <see cref="T:Llm.Core.Budget"/>.</summary>
[<RequireQualifiedAccess>]
module Budget =
    /// <summary>
    /// A budget: its limit, and the price of usage with a model id. Before a call, the most that it can cost is set aside: the letters of the
    /// prompt and <c>MaxTokens</c>, at the model's price. After it, what it did cost is counted instead; all that was set aside, where the
    /// call broke off and nobody knows. A call that can cost more than is left ends in <c>BudgetExceeded</c>, and so does one whose cost has no bound.
    /// </summary>
    /// <example><c>let budget = Budget.create (Money.usd 0.5m) price</c>, then <c>chain |> Call.withBudget budget</c>.</example>
    let create (limit: Money<'currency>) (price: Usage -> string -> Money<'currency> option) : Budget<'currency> =
        Budget<'currency>(limit, UnknownCost.Refuse, price)

    /// <summary>A budget that says what to count for calls whose cost nobody can say beforehand.</summary>
    let createWith
        (unknown: UnknownCost<'currency>)
        (limit: Money<'currency>)
        (price: Usage -> string -> Money<'currency> option)
        : Budget<'currency> =
        Budget<'currency>(limit, unknown, price)

    /// <summary>A budget by a table of prices. Models that the table does not know are refused, and so are calls whose cost has no bound.</summary>
    /// <example><c>chain |> Call.withBudget (Budget.ofPrices (Money.usd 0.5m) Prices.standard)</c></example>
    let ofPrices (limit: Money<'currency>) (table: PriceTable<'currency>) : Budget<'currency> =
        create limit (fun usage modelId -> Cost.ofModelId table modelId usage |> Option.map _.Total)
