// Lists that the core has already: what a history is to the facade. Their items are made when somebody looks, and on the way back to the
// core nothing is made at all, so that a long conversation is not translated at each call.
using Microsoft.FSharp.Collections;

namespace Llm.Interop;

/// <summary>A list of the core, as the facade shows it.</summary>
internal class CoreList<TCore, T>(FSharpList<TCore> core, Func<TCore, T> toFacade) : ValueList<T>
{
    /// <summary>The list as the core has it.</summary>
    public virtual FSharpList<TCore> Core => Given;

    private protected FSharpList<TCore> Given => core;

    private protected override int CountUnmade => Core.Length;

    private protected override T[] Make()
    {
        var items = new T[Core.Length];
        int index = 0;

        for (FSharpList<TCore> rest = Core; !rest.IsEmpty; rest = rest.Tail)
            items[index++] = toFacade(rest.Head);

        return items;
    }
}

/// <summary>What was sent, and its answer: one list only when somebody asks for it.</summary>
internal sealed class AnsweredConversation(Core.Response response)
    : CoreList<Core.Message, Message>(response.Sent, MessageMapping.ToFacade)
{
    private FSharpList<Core.Message>? _all;

    public override FSharpList<Core.Message> Core => _all ??= FollowedBy(FSharpList<Core.Message>.Empty);

    private protected override int CountUnmade => Given.Length + 1;

    /// <summary>The conversation and what follows it. The history is copied once.</summary>
    public FSharpList<Core.Message> FollowedBy(FSharpList<Core.Message> next) =>
        ListModule.Append(Given, FSharpList<Core.Message>.Cons(Llm.Core.ResponseModule.message(response), next));
}
