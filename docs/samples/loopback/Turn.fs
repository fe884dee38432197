// A script for the server: what its model says or calls, turn by turn.
namespace Llm.Samples.Loopback

/// <summary>A call of a tool, with its arguments as JSON.</summary>
type ToolUse = { Name: string; Arguments: string }

/// <summary>What the model does in a turn.</summary>
[<Sealed>]
type Turn private (text: string, calls: ToolUse list) =
    /// <summary>What it says.</summary>
    member _.Text = text

    /// <summary>What it calls.</summary>
    member _.ToolUses = calls

    /// <summary>It says something.</summary>
    static member Says(text: string) : Turn = Turn(text, [])

    /// <summary>It says something and calls tools.</summary>
    static member Calls(text: string, [<System.ParamArray>] calls: ToolUse[]) : Turn = Turn(text, List.ofArray calls)
