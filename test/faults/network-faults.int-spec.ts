import { faultCatalogue } from './fault-catalogue.js';
import { describeFaults } from './matrix.js';

describeFaults('network', faultCatalogue.network);
