// To be written.
namespace Llm.Core

module internal ResponsesDecodeStub =
    let private unused = ()
