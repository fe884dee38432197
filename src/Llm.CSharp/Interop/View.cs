// A view of the core's stream, as the facade shows it: each item is mapped, and an error is thrown. An iterator like the core's and around
// it, because this is run for every chunk: neither an item that has come nor a wait for the next one costs a task or an allocation.
using Microsoft.FSharp.Core;

namespace Llm.Interop;

/// <summary>Which view of the core it is, and what its items become. A struct, so that both are inlined.</summary>
internal interface IViewMapping<TCore, T>
{
    IAsyncEnumerable<FSharpResult<TCore, Core.LlmError>> Open(Core.StreamResponse stream, CancellationToken cancellationToken);

    T Map(StreamSource source, TCore item);
}

internal sealed class View<TCore, T, TMapping>(StreamSource source, TMapping mapping, CancellationToken cancellationToken)
    : IAsyncEnumerable<T>
    where TMapping : struct, IViewMapping<TCore, T>
{
    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken enumeratorToken = default) =>
        // The core links the two tokens where there are two. All its views are such iterators.
        new Enumerator(
            source,
            mapping,
            (Core.WaitingIterator<FSharpResult<TCore, Core.LlmError>>)mapping
                .Open(source.Stream, cancellationToken)
                .GetAsyncEnumerator(enumeratorToken));

    private sealed class Enumerator(
        StreamSource source,
        TMapping mapping,
        Core.WaitingIterator<FSharpResult<TCore, Core.LlmError>> items) : Core.WaitingIterator<T>
    {
        private T _current = default!;

        public override T Current => _current;

        public override Core.Moved Move() => Mapped(items.Move());

        public override Core.Moved Waited(bool hasMore) => Mapped(items.Waited(hasMore));

        public override ValueTask DisposeAsync() => items.DisposeAsync();

        private Core.Moved Mapped(Core.Moved moved)
        {
            if (!moved.IsToItem)
                return moved;

            FSharpResult<TCore, Core.LlmError> item = items.Current;
            _current = item.IsOk ? mapping.Map(source, item.ResultValue) : throw source.ToException(item.ErrorValue);
            return moved;
        }
    }
}
