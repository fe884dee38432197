// A view of the core's stream, as the facade shows it: each item is mapped, and an error is thrown. An iterator by hand, because this is run
// for every chunk: items that have come already cost neither a task nor an allocation, and a wait is the core's own, with nothing around it
// but a state machine that goes back to its pool.
using System.Runtime.CompilerServices;
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
        // The core links the two tokens where there are two.
        new Enumerator(
            source,
            mapping,
            (Core.IViewCursor<TCore>)mapping.Open(source.Stream, cancellationToken).GetAsyncEnumerator(enumeratorToken));

    private sealed class Enumerator(StreamSource source, TMapping mapping, Core.IViewCursor<TCore> cursor) : IAsyncEnumerator<T>
    {
        private T _current = default!;

        public T Current => _current;

        public ValueTask<bool> MoveNextAsync()
        {
            Core.Moved moved = cursor.Move();

            if (moved.IsToWait)
                return WaitAsync(moved.pending);

            if (!moved.IsToItem)
                return new ValueTask<bool>(false);

            return Take() is { } failure ? ValueTask.FromException<bool>(failure) : new ValueTask<bool>(true);
        }

        public ValueTask DisposeAsync() => cursor.DisposeAsync();

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        private async ValueTask<bool> WaitAsync(ValueTask<bool> pending)
        {
            Core.Moved moved = cursor.Waited(await pending.ConfigureAwait(false));

            while (moved.IsToWait)
                moved = cursor.Waited(await moved.pending.ConfigureAwait(false));

            if (!moved.IsToItem)
                return false;

            return Take() is { } failure ? throw failure : true;
        }

        private LlmException? Take()
        {
            FSharpResult<TCore, Core.LlmError> item = cursor.Current;

            if (item.IsError)
                return source.ToException(item.ErrorValue);

            _current = mapping.Map(source, item.ResultValue);
            return null;
        }
    }
}
